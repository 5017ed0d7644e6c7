//! The accept loop: one task a connection, with a time limit for headers.

use crate::app::{App, router};
use crate::sender::{Network, Peer};
use axum::Extension;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use model::{Error, ErrorCode, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::Layer;

/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(20);

/// A socket that is bound but not served yet.
pub struct Listening {
    socket: TcpListener,
    /// The address, with the port the system chose.
    pub address: SocketAddr,
    /// Networks of reverse proxies, besides programs on this machine: what these say of whom they pass on is believed.
    pub proxies: Vec<Network>,
}

/// Binds an address such as `127.0.0.1:8080`; port 0 lets the system choose.
///
/// # Errors
/// `conflict` when it is taken or not an address.
pub async fn listen(address: &str) -> Result<Listening> {
    let failed = |e: std::io::Error| {
        Error::new(
            ErrorCode::Conflict,
            format!("不能在 {address} 上监听：{e}；换一个端口，例如 --listen 127.0.0.1:8081"),
            format!("Cannot listen on {address}: {e}; choose another port, such as --listen 127.0.0.1:8081"),
        )
    };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    Ok(Listening { socket, address, proxies: Vec::new() })
}

/// Serves until `stop` resolves; requests under way are finished (for at most ten seconds).
pub async fn serve(listening: Listening, app: Arc<App>, stop: impl Future<Output = ()>) {
    let service = router(Arc::clone(&app));
    let upkeep = [
        tokio::spawn(crate::upkeep::look_after(Arc::clone(&app))),
        tokio::spawn(crate::upkeep::turn_days(Arc::clone(&app))),
        tokio::spawn(crate::upkeep::tend_indexes(Arc::clone(&app))),
    ];
    let tracker = Arc::new(());
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            a = listening.socket.accept() => a,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles, most likely: wait for some to come free.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let service =
            TowerToHyperService::new(Extension(Peer::new(peer.ip(), &listening.proxies)).layer(service.clone()));
        let alive = Arc::clone(&tracker);
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away is no error of ours.
            let _ = connection.await;
            drop(alive);
        });
    }
    upkeep.iter().for_each(tokio::task::JoinHandle::abort);
    app.live.stop();
    app.tasks.cancel_all();
    for _ in 0..100 {
        if !app.tasks.any_running() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
