//! The receipt of a story's first flatten.

use phantom_broker::Broker;
use phantom_engine::FactBody;
use phantom_model::{ArenaKey, FlattenId};
use phantom_runtime::{FlattenReceipt, ReceiptStep};

use crate::story::Story;

impl<B: Broker> Story<B> {
    /// The receipt of the first flatten, as far as it has come by now.
    #[must_use]
    pub fn receipt(&self) -> FlattenReceipt {
        let flatten = FlattenId::from_row(0);
        let mut receipt = FlattenReceipt::begun(flatten);
        let begins = |body: &FactBody| matches!(body, FactBody::FlattenStarted { .. });
        let facts = self.core().journal().facts().iter().skip_while(|fact| !begins(&fact.body));
        for fact in facts {
            if receipt.note(self.book(), fact) == ReceiptStep::Answer {
                break;
            }
        }
        receipt
    }

    /// The same as it stands now, with what has come after the answer.
    #[must_use]
    pub fn revised_receipt(&self) -> FlattenReceipt {
        let mut receipt = FlattenReceipt::begun(FlattenId::from_row(0));
        let begins = |body: &FactBody| matches!(body, FactBody::FlattenStarted { .. });
        let facts = self.core().journal().facts().iter().skip_while(|fact| !begins(&fact.body));
        for fact in facts {
            receipt.note(self.book(), fact);
        }
        receipt
    }
}
