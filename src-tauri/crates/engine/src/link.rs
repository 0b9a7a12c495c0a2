//! The way to the broker. While it is away nothing opens; when it comes back nothing opens before the
//! broker's own account has been compared.

use phantom_model::Link;

use crate::engine::{Engine, Now};
use crate::fact::FactBody;

impl Engine {
    /// The way to the broker has come or gone.
    pub(crate) fn link(&mut self, now: &mut Now<'_>, link: Link) {
        match link {
            Link::Down => {
                if !self.book.halt().not_connected {
                    self.emit(now, FactBody::LinkChanged { link });
                }
                self.forget_question();
            }
            Link::Up => {
                self.emit(now, FactBody::LinkChanged { link });
                self.doubt_old_prints(now.at);
                self.forget_question();
                self.ask_snapshot(now);
            }
        }
    }
}
