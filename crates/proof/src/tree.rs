//! The public tree: RFC 6962 roots, inclusion and consistency proofs, over tiles of 256 hashes.
//!
//! Tiles follow C2SP `tlog-tiles`: tile *n* of level *t* holds 256 hashes of complete subtrees of height 8*t*. Only full tiles
//! are stored; what is still growing can be rebuilt from the log in a few hundred hashes.

use crate::digest::{node_hash, subtree};
use crate::{Digest, leaf_hash};

/// Hashes in a tile.
const TILE: usize = 256;

/// Access to the hashes of complete subtrees: `hash(level, index)` covers leaves `index << level` and the
/// `1 << level` from there.
pub trait Nodes {
    /// What can go wrong while reading.
    type Error;
    /// The hash of a complete subtree.
    fn hash(&self, level: u32, index: u64) -> Result<Digest, Self::Error>;
}

impl Nodes for [Digest] {
    type Error = std::convert::Infallible;
    fn hash(&self, level: u32, index: u64) -> Result<Digest, Self::Error> {
        let from = usize::try_from(index << level).unwrap_or(usize::MAX).min(self.len());
        let to = from.saturating_add(1 << level).min(self.len());
        Ok(subtree(&self[from..to]))
    }
}

/// Splits leaves `[from, to)` into maximal complete subtrees, left to right. `from` is aligned as RFC 6962 aligns it.
fn complete(from: u64, to: u64) -> Vec<(u32, u64)> {
    let mut at = from;
    let mut out = Vec::new();
    while at < to {
        let fits = (to - at).ilog2();
        let level = if at == 0 { fits } else { fits.min(at.trailing_zeros()) };
        out.push((level, at >> level));
        at += 1 << level;
    }
    out
}

/// The hash of leaves `[from, to)`.
fn range<N: Nodes + ?Sized>(nodes: &N, from: u64, to: u64) -> Result<Digest, N::Error> {
    let mut parts = complete(from, to).into_iter().rev();
    let Some((level, index)) = parts.next() else { return Ok(subtree(&[])) };
    let last = nodes.hash(level, index)?;
    parts.try_fold(last, |right, (level, index)| Ok(node_hash(&nodes.hash(level, index)?, &right)))
}

/// The root over the first `size` leaves.
pub fn root<N: Nodes + ?Sized>(nodes: &N, size: u64) -> Result<Digest, N::Error> {
    range(nodes, 0, size)
}

/// The largest power of two below `n` (RFC 6962's *k*), for `n > 1`.
const fn split(n: u64) -> u64 {
    n.next_power_of_two() / 2
}

/// RFC 6962 §2.1.1: the audit path of a leaf in the tree of `size` leaves, from the leaf upwards. Empty if the leaf is
/// not in that tree.
pub fn inclusion<N: Nodes + ?Sized>(nodes: &N, index: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
    let mut path = Vec::new();
    if index >= size {
        return Ok(path);
    }
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// RFC 6962 §2.1.2: proof that the tree of `old` leaves is the beginning of the tree of `size` leaves.
pub fn consistency<N: Nodes + ?Sized>(nodes: &N, old: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
    let mut path = Vec::new();
    if old == 0 || old >= size {
        return Ok(path);
    }
    let (mut from, mut to) = (0, size);
    let mut whole = true;
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range(nodes, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks an audit path (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(leaf: &Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Checks a consistency proof (RFC 9162 §2.1.4.2).
pub fn verify_consistency(old: u64, old_root: &Digest, size: u64, root: &Digest, path: &[Digest]) -> bool {
    if old == size {
        return path.is_empty() && old_root == root;
    }
    if old == 0 || old > size {
        return false;
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut left, mut right) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            left = node_hash(sibling, &left);
            right = node_hash(sibling, &right);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            right = node_hash(&right, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && left == *old_root && right == *root
}

/// A tile that has just become full.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Height of its hashes, in steps of eight.
    pub level: u32,
    /// Its number within the level.
    pub number: u64,
    /// 256 hashes, one after the other.
    pub hashes: Vec<u8>,
    /// The hash over all of them: an entry of the next level.
    pub root: Digest,
}

/// The tree as its writer holds it: the hashes of the tiles that are not full yet.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    size: u64,
    levels: Vec<Vec<Digest>>,
}

impl Growing {
    /// Continues a tree of `size` leaves from the unfinished tiles of each level, lowest first.
    pub fn resume(size: u64, levels: Vec<Vec<Digest>>) -> Self {
        Self { size, levels }
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, and returns the tiles that it completed.
    pub fn push(&mut self, leaf: &[u8]) -> Vec<Tile> {
        let mut carried = leaf_hash(leaf);
        let mut full = Vec::new();
        self.size += 1;
        for level in 0..=self.levels.len() {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(carried);
            if self.levels[level].len() < TILE {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[level]);
            carried = subtree(&hashes);
            let level = u32::try_from(level).unwrap_or(u32::MAX);
            full.push(Tile {
                level,
                number: (self.size >> (8 * (level + 1))) - 1,
                hashes: hashes.concat(),
                root: carried,
            });
        }
        full
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Digest {
        // Each level's unfinished hashes stand to the right of all that the levels above it cover.
        let mut right: Option<Digest> = None;
        for level in &self.levels {
            let mut to = level.len();
            while to > 0 {
                let step = 1 << to.trailing_zeros();
                let left = subtree(&level[to - step..to]);
                right = Some(right.map_or(left, |right| node_hash(&left, &right)));
                to -= step;
            }
        }
        right.unwrap_or_else(|| subtree(&[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hex, unhex};

    /// The reference leaves of Certificate Transparency's own test suite.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    fn reference() -> Vec<Digest> {
        LEAVES.iter().map(|l| leaf_hash(&unhex(l).unwrap())).collect()
    }

    #[test]
    fn roots_of_the_reference_tree() {
        let leaves = reference();
        for (size, expected) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            let Ok(root) = root(leaves.as_slice(), size);
            assert_eq!(hex(&root), expected);
        }
    }

    #[test]
    fn every_proof_of_every_small_tree_verifies_and_no_altered_one() {
        let leaves: Vec<Digest> = (0u32..70).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        for size in 1..=70u64 {
            let Ok(top) = root(leaves.as_slice(), size);
            for index in 0..size {
                let Ok(path) = inclusion(leaves.as_slice(), index, size);
                let leaf = &leaves[usize::try_from(index).unwrap()];
                assert!(verify_inclusion(leaf, index, size, &path, &top), "{index} in {size}");
                assert!(!verify_inclusion(&[7; 32], index, size, &path, &top));
                assert!(!verify_inclusion(leaf, index + 1, size, &path, &top));
            }
            for old in 1..=size {
                let Ok(path) = consistency(leaves.as_slice(), old, size);
                let Ok(before) = root(leaves.as_slice(), old);
                assert!(verify_consistency(old, &before, size, &top, &path), "{old} to {size}");
                assert!(!verify_consistency(old, &[7; 32], size, &top, &path));
            }
        }
    }

    #[test]
    fn a_growing_tree_has_the_same_root_and_full_tiles() {
        let mut growing = Growing::default();
        let mut leaves: Vec<Digest> = Vec::new();
        let mut tiles = Vec::new();
        for i in 0u32..70_000 {
            leaves.push(leaf_hash(&i.to_be_bytes()));
            tiles.extend(growing.push(&i.to_be_bytes()));
            if i % 9973 == 0 || (65_530..65_540).contains(&i) {
                let Ok(expected) = root(leaves.as_slice(), u64::from(i) + 1);
                assert_eq!(growing.root(), expected, "at {i}");
            }
        }
        assert_eq!(tiles.iter().filter(|t| t.level == 0).count(), 273);
        assert_eq!(tiles.iter().filter(|t| t.level == 1).map(|t| t.number).collect::<Vec<_>>(), [0]);
        let Ok(expected) = leaves.as_slice().hash(8, 272);
        assert_eq!(tiles.last().unwrap().root, expected);
    }
}
