//! The views that are open: kept in memory, the least recently used dropped.

use crate::failure;
use crate::view::View;
use model::{Error, ErrorCode, Result, Scope};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Ids held by all views together before the least recently used are dropped (8 bytes each).
const MOST_IDS: usize = 24_000_000;
/// Most views kept.
const MOST_VIEWS: usize = 256;

/// Names an open view.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ViewId(pub String);

/// The views that are open.
#[derive(Default)]
pub(crate) struct Views(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    views: HashMap<ViewId, (Arc<View>, u64)>,
    clock: u64,
    ids: usize,
}

impl Views {
    pub(crate) fn keep(&self, view: Arc<View>) -> Result<ViewId> {
        let mut bytes = [0_u8; 12];
        getrandom::fill(&mut bytes).map_err(failure)?;
        let id = ViewId(bytes.iter().fold(String::from("v"), |s, b| s + &format!("{b:02x}")));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.ids += view.ids.len();
        kept.clock += 1;
        let now = kept.clock;
        kept.views.insert(id.clone(), (view, now));
        while (kept.ids > MOST_IDS || kept.views.len() > MOST_VIEWS) && kept.views.len() > 1 {
            let Some(oldest) = kept.views.iter().min_by_key(|(_, (_, at))| *at).map(|(id, _)| id.clone()) else {
                break;
            };
            if let Some((old, _)) = kept.views.remove(&oldest) {
                kept.ids -= old.ids.len();
            }
        }
        Ok(id)
    }

    pub(crate) fn find(&self, scope: &Scope, id: &ViewId) -> Result<Arc<View>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        match kept.views.get_mut(id) {
            Some((view, at)) if view.user == scope.user => {
                *at = now;
                Ok(Arc::clone(view))
            }
            _ => Err(Error::new(
                ErrorCode::NotFound,
                "这个视图已关闭，请重新打开",
                "This view has been closed; open it again",
            )),
        }
    }
}
