//! The layer itself: every call is handed on to the real file system, unless it is to fail.
//!
//! The one place of the product's tests that speaks C. A file of this layer is a [`Layered`], whose first
//! field is what `SQLite` knows of it; behind it stands the real file, in memory of its own.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;

use rusqlite::ffi::{
    self, SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
};

use crate::disk::{self, Call};

/// The name under which `SQLite` knows the layer, once it is there.
pub static NAME: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
    let code = *REGISTERED.get_or_init(register);
    assert_eq!(code, SQLITE_OK, "the layer is taken");
    "power"
});

static REGISTERED: OnceLock<c_int> = OnceLock::new();

#[repr(C)]
struct Layered {
    base: sqlite3_file,
    /// The real file, in memory that was leaked for it and is taken back at the close.
    real: *mut sqlite3_file,
    words: usize,
    /// Its name; null for a file without one.
    name: *mut String,
}

/// The real file system.
fn real_vfs() -> *mut sqlite3_vfs {
    // SAFETY: finding the default layer has no preconditions; it lives as long as the program.
    unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) }
}

fn register() -> c_int {
    let real = real_vfs();
    // SAFETY: the default layer is there and is never changed; a copy of it with our own open and delete
    // has only functions that work on any layer's pointer, for the unix layer reads nothing from it but
    // `pAppData`, which is copied too.
    unsafe {
        let mut vfs = *real;
        vfs.pNext = std::ptr::null_mut();
        vfs.zName = c"power".as_ptr();
        vfs.szOsFile = c_int::try_from(size_of::<Layered>()).unwrap_or(c_int::MAX);
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0)
    }
}

/// # Safety
/// `file` is a file of this layer that is open.
unsafe fn real(file: *mut sqlite3_file) -> (*mut sqlite3_file, &'static sqlite3_io_methods) {
    // SAFETY: the caller's word; the real file has methods as long as it is open.
    unsafe {
        let real = (*file.cast::<Layered>()).real;
        (real, &*(*real).pMethods)
    }
}

/// # Safety
/// As for [`real`].
unsafe fn name<'a>(file: *mut sqlite3_file) -> Option<&'a str> {
    // SAFETY: the name was boxed at the open and lives until the close.
    unsafe { (*file.cast::<Layered>()).name.as_ref().map(String::as_str) }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    path: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives room for a `Layered`, and a path that is null or ends with a zero.
    unsafe {
        (*file).pMethods = std::ptr::null();
        if let Some(code) = disk::fails(Call::Open) {
            return code;
        }
        let vfs = real_vfs();
        let words = usize::try_from((*vfs).szOsFile).unwrap_or(0).div_ceil(8);
        let memory: Box<[u64]> = vec![0_u64; words].into_boxed_slice();
        let real = Box::into_raw(memory).cast::<sqlite3_file>();
        let code = (*vfs).xOpen.map_or(ffi::SQLITE_ERROR, |open| open(vfs, path, real, flags, out));
        let layered = file.cast::<Layered>();
        (*layered).real = real;
        (*layered).words = words;
        (*layered).name = std::ptr::null_mut();
        if code != SQLITE_OK {
            free(layered);
            return code;
        }
        if !path.is_null() {
            let name = CStr::from_ptr(path).to_string_lossy().into_owned();
            disk::opened(&name);
            (*layered).name = Box::into_raw(Box::new(name));
        }
        (*file).pMethods = &raw const METHODS;
        SQLITE_OK
    }
}

/// # Safety
/// The real file is closed, and `layered` is not used afterwards.
unsafe fn free(layered: *mut Layered) {
    // SAFETY: both were made by `open` from boxes of these very sizes.
    unsafe {
        let memory = std::ptr::slice_from_raw_parts_mut((*layered).real.cast::<u64>(), (*layered).words);
        drop(Box::from_raw(memory));
        if !(*layered).name.is_null() {
            drop(Box::from_raw((*layered).name));
        }
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once.
    unsafe {
        let (real, methods) = real(file);
        let code = methods.xClose.map_or(SQLITE_OK, |close| close(real));
        free(file.cast());
        code
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, path: *const c_char, sync: c_int) -> c_int {
    if let Some(code) = disk::fails(Call::Delete) {
        return code;
    }
    // SAFETY: the path ends with a zero.
    unsafe {
        disk::deleted(&CStr::from_ptr(path).to_string_lossy());
        let vfs = real_vfs();
        (*vfs).xDelete.map_or(ffi::SQLITE_ERROR, |delete| delete(vfs, path, sync))
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    if let Some(code) = disk::fails(Call::Write) {
        return code;
    }
    // SAFETY: SQLite gives `count` bytes.
    unsafe {
        if let Some(name) = name(file) {
            let length = usize::try_from(count).unwrap_or(0);
            let written = std::slice::from_raw_parts(bytes.cast::<u8>(), length);
            disk::written(name, usize::try_from(at).unwrap_or(0), written);
        }
        let (real, methods) = real(file);
        methods.xWrite.map_or(ffi::SQLITE_ERROR, |write| write(real, bytes, count, at))
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    if let Some(code) = disk::fails(Call::Truncate) {
        return code;
    }
    // SAFETY: as for every method: the file is open.
    unsafe {
        if let Some(name) = name(file) {
            disk::truncated(name, usize::try_from(size).unwrap_or(0));
        }
        let (real, methods) = real(file);
        methods.xTruncate.map_or(ffi::SQLITE_ERROR, |truncate| truncate(real, size))
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    let failure = disk::fails(Call::Sync);
    // SAFETY: the file is open.
    unsafe {
        if let Some(name) = name(file) {
            disk::synced(name, failure.is_none());
        }
    }
    failure.unwrap_or(SQLITE_OK)
}

/// A method that is only handed on.
macro_rules! hand_on {
    ($name:ident, $method:ident, ($($argument:ident: $kind:ty),*) -> $answer:ty, $none:expr) => {
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) -> $answer {
            // SAFETY: the file is open, and the arguments are SQLite's own.
            unsafe {
                let (real, methods) = real(file);
                methods.$method.map_or($none, |method| method(real $(, $argument)*))
            }
        }
    };
}

hand_on!(read, xRead, (bytes: *mut c_void, count: c_int, at: sqlite3_int64) -> c_int, ffi::SQLITE_ERROR);
hand_on!(file_size, xFileSize, (size: *mut sqlite3_int64) -> c_int, ffi::SQLITE_ERROR);
hand_on!(lock, xLock, (level: c_int) -> c_int, SQLITE_OK);
hand_on!(unlock, xUnlock, (level: c_int) -> c_int, SQLITE_OK);
hand_on!(check_reserved, xCheckReservedLock, (out: *mut c_int) -> c_int, SQLITE_OK);
hand_on!(control, xFileControl, (op: c_int, argument: *mut c_void) -> c_int, ffi::SQLITE_NOTFOUND);
hand_on!(sector_size, xSectorSize, () -> c_int, 512);
hand_on!(shm_map, xShmMap, (region: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int, ffi::SQLITE_IOERR);
hand_on!(shm_lock, xShmLock, (offset: c_int, count: c_int, flags: c_int) -> c_int, ffi::SQLITE_IOERR);
hand_on!(shm_barrier, xShmBarrier, () -> (), ());
hand_on!(shm_unmap, xShmUnmap, (delete: c_int) -> c_int, SQLITE_OK);

/// A plain disk: it promises nothing about what happens to a sector when the power goes.
unsafe extern "C" fn characteristics(_: *mut sqlite3_file) -> c_int {
    0
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // The second version: with shared memory, without memory mapping.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
