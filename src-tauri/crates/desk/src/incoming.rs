//! What a real connection brings, handed to the desk in its order.

use phantom_broker::Incoming;
use tokio::sync::mpsc;

use crate::handle::{DeskFault, DeskHandle};

impl DeskHandle {
    /// Hands on what a connection brings until one of the two ends. It waits while the desk is behind, so
    /// that nothing is dropped.
    ///
    /// # Errors
    /// [`DeskFault::Stopped`] when the desk has stopped.
    pub async fn listen(&self, mut brought: mpsc::Receiver<Incoming>) -> Result<(), DeskFault> {
        while let Some(incoming) = brought.recv().await {
            self.bring(incoming).await?;
        }
        Ok(())
    }

    /// Hands on one thing that a connection brought; waits while the desk is behind.
    ///
    /// # Errors
    /// [`DeskFault::Stopped`] when the desk has stopped.
    pub async fn bring(&self, incoming: Incoming) -> Result<(), DeskFault> {
        match incoming {
            Incoming::Report(report) => self.report(report).await,
            Incoming::Record(record) => self.feed(record).await,
            // The state of the link must not be lost to a queue that is full for a moment.
            Incoming::Link(link) => self.tell_in_time(crate::handle::Command::Link(link)).await,
            Incoming::FeedAlive => match self.feed_alive() {
                // The next beat comes in a second.
                Ok(()) | Err(DeskFault::Busy) => Ok(()),
                Err(DeskFault::Stopped) => Err(DeskFault::Stopped),
            },
        }
    }
}
