//! What both the sensing and the freeing of the desktop need of an X server.

use x11rb::connection::Connection;
use x11rb::protocol::res::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// The names that window managers and programs agree on.
    pub(crate) Atoms: AtomsCookie {
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_PID,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        WM_CHANGE_STATE,
        _LANH_HELD,
    }
}

/// What can go wrong with an X server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum X11Error {
    #[error("no X server: {0}")]
    Connect(#[from] x11rb::errors::ConnectError),
    #[error("the X server is gone: {0}")]
    Connection(#[from] x11rb::errors::ConnectionError),
    #[error("the X server refuses: {0}")]
    Reply(#[from] x11rb::errors::ReplyError),
    #[error("no more X ids: {0}")]
    Id(#[from] x11rb::errors::ReplyOrIdError),
    #[error("the X server lacks {0}")]
    Lacks(&'static str),
}

/// A connection to an X server.
#[derive(Debug)]
pub(crate) struct Display {
    pub(crate) connection: RustConnection,
    pub(crate) root: Window,
    pub(crate) atoms: Atoms,
    has_resource_extension: bool,
}

impl Display {
    /// Connects to `name`, or to what DISPLAY names.
    pub(crate) fn open(name: Option<&str>) -> Result<Self, X11Error> {
        let (connection, screen) = x11rb::connect(name)?;
        let root = connection.setup().roots.get(screen).ok_or(X11Error::Lacks("a screen"))?.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let has_resource_extension = connection
            .res_query_version(1, 2)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .is_some_and(|version| (version.server_major, version.server_minor) >= (1, 2));
        Ok(Self { connection, root, atoms, has_resource_extension })
    }

    /// The process that owns a window. The server's own word (the X-Resource extension) comes first: a client
    /// cannot forge it and needs not announce itself. `None`: it cannot be told, or the window is gone.
    pub(crate) fn pid_of(&self, window: Window) -> Option<u32> {
        self.pid_by_server(window).or_else(|| self.pid_by_property(window))
    }

    fn pid_by_server(&self, window: Window) -> Option<u32> {
        if !self.has_resource_extension {
            return None;
        }
        let spec = res::ClientIdSpec { client: window, mask: res::ClientIdMask::LOCAL_CLIENT_PID };
        let reply = self.connection.res_query_client_ids(&[spec]).ok()?.reply().ok()?;
        let value = reply.ids.into_iter().find(|id| id.spec.mask == res::ClientIdMask::LOCAL_CLIENT_PID)?;
        value.value.first().copied().filter(|pid| *pid != 0)
    }

    /// `_NET_WM_PID` of the window or of the nearest window around it.
    fn pid_by_property(&self, window: Window) -> Option<u32> {
        let mut window = window;
        loop {
            if let Some(pid) = self.card32s(window, self.atoms._NET_WM_PID, AtomEnum::CARDINAL.into()).first()
            {
                return Some(*pid).filter(|pid| *pid != 0);
            }
            let tree = self.connection.query_tree(window).ok()?.reply().ok()?;
            if tree.parent == self.root || tree.parent == x11rb::NONE {
                return None;
            }
            window = tree.parent;
        }
    }

    /// The process of the window manager, if one runs that says so in the usual way.
    pub(crate) fn window_manager(&self) -> Option<u32> {
        let check = self.atoms._NET_SUPPORTING_WM_CHECK;
        let window = *self.card32s(self.root, check, AtomEnum::WINDOW.into()).first()?;
        // The property outlives a window manager that died; its window does not.
        let again = *self.card32s(window, check, AtomEnum::WINDOW.into()).first()?;
        (again == window).then(|| self.pid_of(window).unwrap_or(0))
    }

    /// The values of a property of 32-bit items; empty if it is not there.
    pub(crate) fn card32s(&self, window: Window, property: u32, kind: u32) -> Vec<u32> {
        self.connection
            .get_property(false, window, property, kind, 0, 4096)
            .ok()
            .and_then(|cookie| cookie.reply().ok())
            .and_then(|reply| reply.value32().map(Iterator::collect))
            .unwrap_or_default()
    }

    /// The windows that the window manager manages.
    pub(crate) fn managed(&self) -> Vec<Window> {
        self.card32s(self.root, self.atoms._NET_CLIENT_LIST, AtomEnum::WINDOW.into())
    }

    /// The windows right under the root, bottom first, with their owners where those can be told.
    pub(crate) fn top_levels(&self) -> Result<Vec<(Window, Option<u32>)>, X11Error> {
        let children = self.connection.query_tree(self.root)?.reply()?.children;
        Ok(children.into_iter().map(|window| (window, self.pid_of(window))).collect())
    }
}
