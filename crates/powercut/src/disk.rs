//! What was written and what of it is on the disk. Knows files, not SQLite; the VFS calls it under one lock, so that a
//! cut falls between two operations and never inside one.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The size in which unsynced writes are torn.
const SECTOR_BYTES: usize = 512;

/// Which unsynced writes a cut leaves on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survivors {
    /// None of them.
    None,
    /// Of each file, a part that the seed decides: nothing, a prefix, scattered sectors, or everything.
    Random(u64),
}

/// All files opened through one VFS.
#[derive(Default)]
pub(crate) struct Disk {
    pub(crate) counts: Counts,
    /// In the order of their opening, so that a seed finds the same survivors again.
    files: BTreeMap<u64, Cached>,
    names: HashMap<PathBuf, u64>,
    id_next: u64,
    plan: Option<(u64, Survivors)>,
    cut: bool,
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) syncs: u64,
    pub(crate) bytes_synced: u64,
    pub(crate) writes_dropped: u64,
}

/// One file as the page cache has it.
#[derive(Default)]
struct Cached {
    /// Absent for temporary and deleted files.
    name: Option<PathBuf>,
    /// Absent for temporary files and after the cut. Until then it stays open as long as SQLite may hold locks on the
    /// file, since closing any descriptor of a file drops the locks that the process shows to other processes.
    real: Option<File>,
    /// What reads see.
    image: Vec<u8>,
    /// What the next sync has to do.
    pending: Vec<Op>,
    handles: usize,
}

enum Op {
    Write { offset: usize, data: Vec<u8> },
    Truncate { len: usize },
}

impl Disk {
    /// Opens a file that exists on the disk, or after the cut perhaps only in memory. Without a path it is temporary.
    pub(crate) fn open(&mut self, path: Option<&Path>) -> io::Result<u64> {
        if let Some(&id) = path.and_then(|path| self.names.get(path))
            && let Some(file) = self.files.get_mut(&id)
        {
            file.handles += 1;
            return Ok(id);
        }
        let mut file = Cached { name: path.map(Path::to_owned), handles: 1, ..Cached::default() };
        if let Some(path) = path
            && (!self.cut || path.exists())
        {
            let read_write = File::options().read(true).write(true).open(path);
            let mut real = read_write.or_else(|_| File::open(path))?;
            real.read_to_end(&mut file.image)?;
            file.real = (!self.cut).then_some(real);
        }
        Ok(self.insert(file))
    }

    fn insert(&mut self, file: Cached) -> u64 {
        self.id_next += 1;
        if let Some(name) = &file.name {
            self.names.insert(name.clone(), self.id_next);
        }
        self.files.insert(self.id_next, file);
        self.id_next
    }

    /// Unsynced writes outlive their last handle, as they do in a page cache.
    pub(crate) fn close(&mut self, id: u64) {
        let Some(file) = self.files.get_mut(&id) else { return };
        file.handles -= 1;
        let settled = file.name.is_none() || (file.pending.is_empty() && !self.cut);
        if file.handles == 0 && settled {
            let name = self.files.remove(&id).and_then(|file| file.name);
            name.and_then(|name| self.names.remove(&name));
        }
    }

    /// Fills the buffer as far as the file goes, and says how far that is.
    pub(crate) fn read(&self, id: u64, offset: usize, buffer: &mut [u8]) -> usize {
        let image = self.files.get(&id).map_or(&[][..], |file| &file.image);
        let rest = image.get(offset..).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        len
    }

    pub(crate) fn len(&self, id: u64) -> usize {
        self.files.get(&id).map_or(0, |file| file.image.len())
    }

    pub(crate) fn write(&mut self, id: u64, offset: usize, data: &[u8]) -> io::Result<()> {
        self.submit(id, Op::Write { offset, data: data.to_owned() })
    }

    pub(crate) fn truncate(&mut self, id: u64, len: usize) -> io::Result<()> {
        self.submit(id, Op::Truncate { len })
    }

    fn submit(&mut self, id: u64, op: Op) -> io::Result<()> {
        self.tick()?;
        let Some(file) = self.files.get_mut(&id) else { return Ok(()) };
        op.show(&mut file.image);
        if self.cut {
            self.counts.writes_dropped += 1;
        } else if file.real.is_some() {
            file.pending.push(op);
        }
        Ok(())
    }

    /// Carries the pending operations of one file to the disk. Says whether there is power for a real sync to follow.
    pub(crate) fn sync(&mut self, id: u64) -> io::Result<bool> {
        self.tick()?;
        if self.cut {
            return Ok(false);
        }
        let Some(file) = self.files.get_mut(&id) else { return Ok(false) };
        if let Some(real) = &file.real {
            for op in file.pending.drain(..) {
                self.counts.bytes_synced += op.carry_out(real)?;
            }
        }
        self.counts.syncs += 1;
        Ok(true)
    }

    /// Whether the file is there for the connections; nothing if only the disk knows. As for the default VFS, an
    /// empty file is not there.
    pub(crate) fn exists(&self, path: &Path) -> Option<bool> {
        let file = self.names.get(path).and_then(|id| self.files.get(id));
        file.map(|file| !file.image.is_empty())
    }

    /// Deletes the name for the connections. Says whether it is to be deleted from the disk too.
    pub(crate) fn delete(&mut self, path: &Path) -> io::Result<bool> {
        self.tick()?;
        if let Some(id) = self.names.remove(path)
            && let Some(file) = self.files.get_mut(&id)
        {
            file.name = None;
            if file.handles == 0 {
                self.files.remove(&id);
            }
        }
        if self.cut {
            // An empty file in memory hides the one that stays on the disk.
            self.insert(Cached { name: Some(path.to_owned()), ..Cached::default() });
        }
        Ok(!self.cut)
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    pub(crate) fn plan(&mut self, ops: u64, survivors: Survivors) {
        self.plan = Some((ops, survivors));
    }

    pub(crate) fn cut(&mut self, survivors: Survivors) -> io::Result<()> {
        if mem::replace(&mut self.cut, true) {
            return Ok(());
        }
        for (id, file) in &mut self.files {
            let pending = mem::take(&mut file.pending);
            let kept = match (survivors, file.real.take()) {
                (Survivors::Random(seed), Some(real)) => keep_some(&pending, &real, seed.wrapping_add(*id))?,
                _ => 0,
            };
            self.counts.writes_dropped += (pending.len() - kept) as u64;
        }
        Ok(())
    }

    /// Counts one operation down to the planned cut.
    fn tick(&mut self) -> io::Result<()> {
        match &mut self.plan {
            Some((0, survivors)) => {
                let survivors = *survivors;
                self.cut(survivors)
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Op {
    /// Lays the operation over what reads see.
    fn show(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write { offset, data } => {
                let end = offset + data.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*offset..end].copy_from_slice(data);
            }
            Self::Truncate { len } => image.resize(*len, 0),
        }
    }

    /// Gives back the bytes written.
    fn carry_out(&self, real: &File) -> io::Result<u64> {
        match self {
            Self::Write { offset, data } => {
                real.write_all_at(data, *offset as u64)?;
                Ok(data.len() as u64)
            }
            Self::Truncate { len } => real.set_len(*len as u64).map(|()| 0),
        }
    }

    /// The operation in pieces that each end where a sector ends.
    fn sectors(&self) -> Vec<Self> {
        let (mut offset, mut data) = match self {
            Self::Write { offset, data } => (*offset, &data[..]),
            Self::Truncate { len } => return vec![Self::Truncate { len: *len }],
        };
        let mut sectors = Vec::new();
        while !data.is_empty() {
            let (sector, rest) = data.split_at(data.len().min(SECTOR_BYTES - offset % SECTOR_BYTES));
            sectors.push(Self::Write { offset, data: sector.to_owned() });
            (offset, data) = (offset + sector.len(), rest);
        }
        sectors
    }
}

/// Carries out the operations before a random end, each sector of them with a random likeliness of 0 to 4 quarters.
/// Half of all ends lie after the last operation. Counts the operations that survived whole.
fn keep_some(pending: &[Op], real: &File, seed: u64) -> io::Result<usize> {
    let mut state = seed;
    let mut below = |limit: u64| {
        // SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose with.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    };
    let end = below(2 * pending.len() as u64 + 1) as usize;
    let quarters = below(5);
    let mut kept = 0;
    for op in pending.iter().take(end) {
        let sectors = op.sectors();
        let (survivors, lost): (Vec<_>, Vec<_>) = sectors.iter().partition(|_| below(4) < quarters);
        survivors.into_iter().try_for_each(|sector| sector.carry_out(real).map(drop))?;
        kept += usize::from(lost.is_empty());
    }
    Ok(kept)
}
