//! Tells whoever listens in this process that a workspace has new changes. It only wakes: truth
//! is the change log, and a listener that fell behind reads it there.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;
use uuid::Uuid;

use crate::Change;

/// How many changes of a workspace wait for a slow listener before it is told that it lags.
const CAPACITY: usize = 1024;

/// The bus of one database handle.
#[derive(Clone, Default)]
pub struct Bus {
    rooms: Arc<Mutex<HashMap<Uuid, Room>>>,
}

#[derive(Default)]
struct Room {
    /// None before anybody listens: it is large.
    sender: Option<broadcast::Sender<Message>>,
    /// Transactions that have numbers, in the order of the numbers.
    slots: VecDeque<Slot>,
    next_slot: u64,
}

struct Slot {
    name: u64,
    state: SlotState,
}

enum SlotState {
    Waiting,
    Settled(Vec<Message>),
}

#[derive(Clone)]
enum Message {
    Change(Arc<Change>),
    /// It is unknown whether changes were committed: look into the log.
    Look,
}

/// The listener missed changes: read everything after the last known number from the log, then go
/// on receiving. What was read there may arrive once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("changes were missed; read the log")]
pub struct Lagged;

/// The changes of one workspace from now on, in the order of their numbers.
pub struct Subscription {
    receiver: broadcast::Receiver<Message>,
}

impl Subscription {
    /// Waits for the next change. `None` when the database is gone.
    pub async fn next(&mut self) -> Option<Result<Arc<Change>, Lagged>> {
        match self.receiver.recv().await {
            Ok(Message::Change(change)) => Some(Ok(change)),
            Ok(Message::Look) | Err(broadcast::error::RecvError::Lagged(_)) => Some(Err(Lagged)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// The next change if one is there already.
    pub fn try_next(&mut self) -> Option<Result<Arc<Change>, Lagged>> {
        match self.receiver.try_recv() {
            Ok(Message::Change(change)) => Some(Ok(change)),
            Ok(Message::Look) | Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Err(Lagged)),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}

impl Bus {
    /// Listens to a workspace. Changes committed before this call may be missing, so subscribe
    /// first and read the log after.
    pub fn subscribe(&self, workspace: Uuid) -> Subscription {
        let mut rooms = self.rooms();
        let room = rooms.entry(workspace).or_default();
        let sender = room.sender.get_or_insert_with(|| broadcast::Sender::new(CAPACITY));
        Subscription { receiver: sender.subscribe() }
    }

    /// Keeps a transaction's place. To be called while it holds the workspace's head, so that
    /// places are in the order of the numbers; what a later transaction announces waits for it.
    pub(crate) fn reserve(&self, workspace: Uuid) -> Ticket {
        let mut rooms = self.rooms();
        let room = rooms.entry(workspace).or_default();
        let name = room.next_slot;
        room.next_slot += 1;
        room.slots.push_back(Slot { name, state: SlotState::Waiting });
        Ticket { bus: self.clone(), workspace, name, committing: false, settled: false }
    }

    fn settle(&self, workspace: Uuid, name: u64, messages: Vec<Message>) {
        let mut rooms = self.rooms();
        let Some(room) = rooms.get_mut(&workspace) else { return };
        if let Some(slot) = room.slots.iter_mut().find(|slot| slot.name == name) {
            slot.state = SlotState::Settled(messages);
        }
        while let Some(Slot { state: SlotState::Settled(_), .. }) = room.slots.front() {
            if let Some(Slot { state: SlotState::Settled(messages), .. }) = room.slots.pop_front()
                && let Some(sender) = &room.sender
            {
                for message in messages {
                    // Nobody listening is no error.
                    let _ = sender.send(message);
                }
            }
        }
        let is_heard = room.sender.as_ref().is_some_and(|sender| sender.receiver_count() > 0);
        if room.slots.is_empty() && !is_heard {
            rooms.remove(&workspace);
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Uuid, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a workspace's order of announcements. Dropped unused, it gives the place up.
pub(crate) struct Ticket {
    bus: Bus,
    workspace: Uuid,
    name: u64,
    committing: bool,
    settled: bool,
}

impl Ticket {
    /// From here on nobody can say that nothing was committed.
    pub(crate) fn committing(&mut self) {
        self.committing = true;
    }

    /// The transaction was rolled back after all.
    pub(crate) fn rolled_back(&mut self) {
        self.committing = false;
    }

    pub(crate) fn workspace(&self) -> Uuid {
        self.workspace
    }

    /// The transaction is committed: wake the listeners.
    pub(crate) fn announce(mut self, changes: Vec<Arc<Change>>) {
        self.settled = true;
        self.bus.settle(self.workspace, self.name, changes.into_iter().map(Message::Change).collect());
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            let messages = if self.committing { vec![Message::Look] } else { Vec::new() };
            self.bus.settle(self.workspace, self.name, messages);
        }
    }
}
