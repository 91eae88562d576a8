//! The foreign side: what SQLite calls, turned into calls of [`Disk`]. Locks, shared memory and everything that is no
//! content goes on to the default VFS, whose file lies behind each of ours.
#![expect(unsafe_code, reason = "a VFS is a table of C functions over raw pointers")]

use crate::Error;
use crate::disk::Disk;
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{io, ptr, slice};

/// How a file is opened that must not touch the disk: the default VFS gives it a temporary one.
const GHOST_FLAGS: c_int = ffi::SQLITE_OPEN_READWRITE
    | ffi::SQLITE_OPEN_CREATE
    | ffi::SQLITE_OPEN_EXCLUSIVE
    | ffi::SQLITE_OPEN_DELETEONCLOSE
    | ffi::SQLITE_OPEN_TEMP_JOURNAL;

/// What one registered name stands for. Never freed, since a connection may outlive its [`crate::PowerCut`].
pub(crate) struct Shim {
    base: *mut sqlite3_vfs,
    name: CString,
    disk: Mutex<Disk>,
}

// SAFETY: `base` is the default VFS, which SQLite itself calls from every thread and which lives as long as the
// process; the rest is `Send`.
unsafe impl Send for Shim {}
// SAFETY: as above; `base` never changes, and `disk` is behind a lock.
unsafe impl Sync for Shim {}

/// Our file. The memory of the default VFS's file follows it.
#[repr(C)]
struct Handle {
    base: sqlite3_file,
    shim: &'static Shim,
    id: u64,
}

impl Shim {
    pub(crate) fn name(&self) -> &str {
        // It was made from a `str`.
        self.name.to_str().unwrap_or_default()
    }

    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn register(name: &str) -> Result<&'static Shim, Error> {
    let name = CString::new(name)?;
    // SAFETY: both calls take no pointer but a nul-terminated name, or null for the default VFS.
    let (base, taken) = unsafe { (ffi::sqlite3_vfs_find(ptr::null()), ffi::sqlite3_vfs_find(name.as_ptr())) };
    if !taken.is_null() {
        return Err(Error::Taken(name.to_string_lossy().into_owned()));
    }
    // SAFETY: `base` is null or a registered VFS; the default one is never taken away.
    let Some(table) = (unsafe { base.as_ref() }) else { return Err(Error::Refused(ffi::SQLITE_ERROR)) };
    let shim: &'static Shim = Box::leak(Box::new(Shim { base, name, disk: Mutex::default() }));
    // What is not named here (times, randomness, paths) stays the default VFS's: SQLite registers those functions under
    // several names itself, so they do not ask which VFS they are called for.
    let ours = Box::new(sqlite3_vfs {
        szOsFile: size_of::<Handle>() as c_int + table.szOsFile,
        zName: shim.name.as_ptr(),
        pAppData: ptr::from_ref(shim).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        ..*table
    });
    // SAFETY: the VFS and the name in it are leaked, hence valid for ever.
    match unsafe { ffi::sqlite3_vfs_register(Box::into_raw(ours), 0) } {
        ffi::SQLITE_OK => Ok(shim),
        code => Err(Error::Refused(code)),
    }
}

/// Takes the name away. Connections that are open keep working: nothing is freed.
pub(crate) fn unregister(shim: &Shim) {
    // SAFETY: the name is nul-terminated, and unregistering only unlinks the VFS from SQLite's list (or ignores null).
    unsafe { ffi::sqlite3_vfs_unregister(ffi::sqlite3_vfs_find(shim.name.as_ptr())) };
}

/// # Safety
/// `vfs` must be one that [`register`] made.
unsafe fn shim_of(vfs: *mut sqlite3_vfs) -> &'static Shim {
    // SAFETY: `pAppData` is the leaked shim.
    unsafe { &*(*vfs).pAppData.cast::<Shim>() }
}

/// # Safety
/// `name` must be null or nul-terminated and live as long as the path is used.
unsafe fn path_of<'a>(name: *const c_char) -> Option<&'a Path> {
    // SAFETY: by the caller's promise.
    (!name.is_null()).then(|| Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())))
}

/// # Safety
/// `file` must be one that [`open`] filled in, as in every call of [`METHODS`].
unsafe fn handle_of<'a>(file: *mut sqlite3_file) -> &'a Handle {
    // SAFETY: by the caller's promise it is a `Handle`, which nobody changes while it is open.
    unsafe { &*file.cast::<Handle>() }
}

/// # Safety
/// As for [`handle_of`], though the memory need not be filled in yet.
unsafe fn inner_of(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: `szOsFile` made SQLite allocate the inner file behind the handle; both are aligned to eight bytes.
    unsafe { file.cast::<Handle>().add(1).cast() }
}

fn code(result: io::Result<()>, failure: c_int) -> c_int {
    result.map_or(failure, |()| ffi::SQLITE_OK)
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes our VFS, a name that lives as long as the file or null, and `szOsFile` bytes at `file`.
    let (shim, path, inner) = unsafe {
        (*file).pMethods = ptr::null();
        (shim_of(vfs), path_of(name), inner_of(file))
    };
    let path = path.filter(|_| flags & ffi::SQLITE_OPEN_DELETEONCLOSE == 0);
    let mut disk = shim.disk();
    // After the cut a database must exist, and its locks are real; any other file lives in memory alone.
    let ghost = disk.is_cut() && flags & ffi::SQLITE_OPEN_MAIN_DB == 0;
    let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    if ghost && !create && path.is_some_and(|path| !disk.exists(path).unwrap_or_else(|| path.exists())) {
        return ffi::SQLITE_CANTOPEN;
    }
    let (inner_name, inner_flags) = match (ghost, disk.is_cut()) {
        (true, _) => (ptr::null(), GHOST_FLAGS),
        (false, true) => (name, flags & !ffi::SQLITE_OPEN_CREATE),
        (false, false) => (name, flags),
    };
    let mut opened_flags = 0;
    // SAFETY: `base` is the default VFS, `inner` is memory for a file of it, and the name is SQLite's own or null.
    let result = unsafe {
        let Some(call) = (*shim.base).xOpen else { return ffi::SQLITE_CANTOPEN };
        call(shim.base, inner_name, inner, inner_flags, &raw mut opened_flags)
    };
    if result != ffi::SQLITE_OK {
        return result;
    }
    let id = disk.open(path);
    // SAFETY: `file` is ours to fill in, the inner file is open, and `out_flags` is null or one integer.
    unsafe {
        let base = sqlite3_file { pMethods: &raw const METHODS };
        let Ok(id) = id else {
            close_inner(inner);
            return ffi::SQLITE_CANTOPEN;
        };
        file.cast::<Handle>().write(Handle { base, shim, id });
        if !out_flags.is_null() {
            *out_flags = if ghost { flags } else { opened_flags };
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_directory: c_int) -> c_int {
    // SAFETY: SQLite passes our VFS and a nul-terminated name.
    let (shim, path) = unsafe { (shim_of(vfs), path_of(name)) };
    let mut disk = shim.disk();
    match path.map(|path| disk.delete(path)) {
        // SAFETY: the call goes on as it came. The lock is still held, so that no cut comes between.
        Some(Ok(true)) => unsafe {
            (*shim.base)
                .xDelete
                .map_or(ffi::SQLITE_IOERR_DELETE, |call| call(shim.base, name, sync_directory))
        },
        Some(Ok(false)) => ffi::SQLITE_OK,
        _ => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    found: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes our VFS and a nul-terminated name.
    let (shim, path) = unsafe { (shim_of(vfs), path_of(name)) };
    let known = path.and_then(|path| shim.disk().exists(path));
    // SAFETY: `found` is one integer, and the call goes on as it came.
    unsafe {
        match (flags, known, (*shim.base).xAccess) {
            (ffi::SQLITE_ACCESS_EXISTS, Some(exists), _) => *found = c_int::from(exists),
            (_, _, Some(call)) => return call(shim.base, name, flags, found),
            _ => return ffi::SQLITE_IOERR_ACCESS,
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite passes a file that `open` filled in, and does not use it afterwards.
    unsafe {
        let handle = handle_of(file);
        handle.shim.disk().close(handle.id);
        close_inner(inner_of(file))
    }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    buffer: *mut c_void,
    len: c_int,
    offset: sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(offset)) = (usize::try_from(len), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite passes an open file and a buffer of `len` bytes, which are zero before they become a slice. A
    // short read must leave zeros, too.
    let (handle, buffer) = unsafe {
        ptr::write_bytes(buffer.cast::<u8>(), 0, len);
        (handle_of(file), slice::from_raw_parts_mut(buffer.cast::<u8>(), len))
    };
    match handle.shim.disk().read(handle.id, offset, buffer) == len {
        true => ffi::SQLITE_OK,
        false => ffi::SQLITE_IOERR_SHORT_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    len: c_int,
    offset: sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(offset)) = (usize::try_from(len), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite passes an open file and `len` bytes to write.
    let (handle, data) = unsafe { (handle_of(file), slice::from_raw_parts(data.cast::<u8>(), len)) };
    code(handle.shim.disk().write(handle.id, offset, data), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, len: sqlite3_int64) -> c_int {
    let Ok(len) = usize::try_from(len) else { return ffi::SQLITE_IOERR_TRUNCATE };
    // SAFETY: SQLite passes an open file.
    let handle = unsafe { handle_of(file) };
    code(handle.shim.disk().truncate(handle.id, len), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let handle = unsafe { handle_of(file) };
    let mut disk = handle.shim.disk();
    match disk.sync(handle.id) {
        // SAFETY: the call goes on as it came. The lock is still held, so that no cut comes between.
        Ok(true) => unsafe { sync_inner(file, flags) },
        Ok(false) => ffi::SQLITE_OK,
        Err(_) => ffi::SQLITE_IOERR_FSYNC,
    }
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file and one integer.
    unsafe {
        let handle = handle_of(file);
        *size = handle.shim.disk().len(handle.id) as sqlite3_int64;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    match op {
        // These would make the real file grow, or map it past us.
        ffi::SQLITE_FCNTL_SIZE_HINT | ffi::SQLITE_FCNTL_CHUNK_SIZE => ffi::SQLITE_OK,
        ffi::SQLITE_FCNTL_MMAP_SIZE => ffi::SQLITE_NOTFOUND,
        // SAFETY: the call goes on as it came.
        _ => unsafe { file_control_inner(file, op, argument) },
    }
}

unsafe fn close_inner(inner: *mut sqlite3_file) -> c_int {
    // SAFETY: the caller passes an open file of the default VFS.
    unsafe { (*(*inner).pMethods).xClose.map_or(ffi::SQLITE_OK, |call| call(inner)) }
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: SQLite passes an open file; the inner one opened with it.
    unsafe {
        let inner = inner_of(file);
        if let Some(call) = (*(*inner).pMethods).xShmBarrier {
            call(inner);
        }
    }
}

/// Functions that hand a call to the inner file's method of the same shape, or answer for one that is absent.
macro_rules! pass_on {
    ($($name:ident = $method:ident($($argument:ident: $kind:ty),*) or $absent:expr;)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> c_int {
            // SAFETY: SQLite passes an open file, the inner one opened with it, and the arguments go on as they came.
            unsafe {
                let inner = inner_of(file);
                (*(*inner).pMethods).$method.map_or($absent, |call| call(inner $(, $argument)*))
            }
        }
    )*};
}

pass_on! {
    sync_inner = xSync(flags: c_int) or ffi::SQLITE_OK;
    file_control_inner = xFileControl(op: c_int, argument: *mut c_void) or ffi::SQLITE_NOTFOUND;
    lock = xLock(level: c_int) or ffi::SQLITE_OK;
    unlock = xUnlock(level: c_int) or ffi::SQLITE_OK;
    check_reserved_lock = xCheckReservedLock(found: *mut c_int) or ffi::SQLITE_IOERR_CHECKRESERVEDLOCK;
    sector_size = xSectorSize() or 0;
    device_characteristics = xDeviceCharacteristics() or 0;
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) or ffi::SQLITE_IOERR_SHMMAP;
    shm_lock = xShmLock(offset: c_int, count: c_int, flags: c_int) or ffi::SQLITE_IOERR_SHMLOCK;
    shm_unmap = xShmUnmap(delete: c_int) or ffi::SQLITE_OK;
}

/// Version 2: without `xFetch`, through which SQLite would map the real file.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
