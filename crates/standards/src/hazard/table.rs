//! GB 18218-2018, tables 1 to 4 as data: threshold quantities and correction factors.

use super::{Category, Substance};
use crate::Decimal;

const fn named(name: &'static str, hundredths: i64) -> Substance {
    Substance { name, threshold: Decimal::scaled(hundredths, 2), unsure: false }
}

/// A row that the copy at hand had broken, or that is from memory.
const fn unsure(name: &'static str, hundredths: i64) -> Substance {
    Substance { unsure: true, ..named(name, hundredths) }
}

const fn category(symbol: &'static str, tonnes: i64, tenths: i64) -> Category {
    Category { symbol, threshold: Decimal::whole(tonnes), factor: Decimal::scaled(tenths, 1) }
}

/// Table 1: named substances, thresholds in hundredths of a tonne.
pub(super) const SUBSTANCES: [Substance; 82] = [
    named("氨", 1000),
    named("二氟化氧", 100),
    named("二氧化氮", 100),
    named("二氧化硫", 2000),
    named("氟", 100),
    named("碳酰氯（光气）", 30),
    named("环氧乙烷", 1000),
    named("甲醛（含量大于 90%）", 500),
    named("磷化氢", 100),
    named("硫化氢", 500),
    named("氯化氢（无水）", 2000),
    named("氯", 500),
    named("煤气（CO，CO 与氢、甲烷的混合物等）", 2000),
    named("砷化氢", 100),
    named("锑化氢", 100),
    named("硒化氢", 100),
    unsure("溴甲烷", 1000),
    named("丙烯醛", 2000),
    named("丙酮氰醇", 2000),
    named("氟化氢", 100),
    named("环氧氯丙烷", 2000),
    named("环氧溴丙烷", 2000),
    named("甲苯二异氰酸酯", 10000),
    named("一氯化硫", 100),
    named("氰化氢", 100),
    named("三氧化硫", 7500),
    named("烯丙胺", 2000),
    named("溴", 2000),
    named("乙撑亚胺", 2000),
    named("异氰酸甲酯", 75),
    named("叠氮化钡", 50),
    named("叠氮化铅", 50),
    named("雷汞", 50),
    named("三硝基苯甲醚", 500),
    named("三硝基甲苯", 500),
    named("硝化甘油", 100),
    unsure("硝化纤维素（干的或含水、乙醇小于 25%）", 100),
    unsure("硝化纤维素（含乙醇不小于 25%）", 1000),
    unsure("硝化纤维素（含氮不大于 12.6%）", 5000),
    unsure("硝酸铵（含可燃物大于 0.2%）", 500),
    unsure("硝酸铵（含可燃物不大于 0.2%）", 5000),
    named("硝酸铵肥料", 20000),
    named("硝酸钾", 100000),
    named("1,3-丁二烯", 500),
    named("二甲醚", 5000),
    named("甲烷、天然气", 5000),
    named("氯乙烯", 5000),
    named("氢", 500),
    named("液化石油气", 5000),
    named("一甲胺", 500),
    named("乙炔", 100),
    named("乙烯", 5000),
    named("氧", 20000),
    named("苯", 5000),
    named("苯乙烯", 50000),
    named("丙酮", 50000),
    named("丙烯腈", 5000),
    named("二硫化碳", 5000),
    named("环己烷", 50000),
    named("环氧丙烷", 1000),
    named("甲苯", 50000),
    named("甲醇", 50000),
    named("汽油", 20000),
    named("乙醇", 50000),
    named("乙醚", 1000),
    named("乙酸乙酯", 50000),
    named("正己烷", 50000),
    named("过乙酸", 1000),
    named("过氧化甲乙酮", 1000),
    named("白磷", 5000),
    named("烷基铝", 100),
    named("戊硼烷", 100),
    named("过氧化钾", 2000),
    named("过氧化钠", 2000),
    named("氯酸钾", 10000),
    named("氯酸钠", 10000),
    named("发烟硝酸", 2000),
    named("硝酸（含量大于 70%）", 10000),
    named("硝酸胍", 5000),
    named("碳化钙", 10000),
    named("钾", 100),
    named("钠", 1000),
];

/// Table 2 with table 4: categories of what is not named, thresholds in tonnes, factors in tenths.
pub(super) const CATEGORIES: [Category; 24] = [
    category("J1", 5, 40),
    category("J2", 50, 10),
    category("J3", 50, 20),
    category("J4", 50, 20),
    category("J5", 500, 10),
    category("W1.1", 1, 20),
    category("W1.2", 10, 20),
    category("W1.3", 50, 20),
    category("W2", 10, 15),
    category("W3", 150, 10),
    category("W4", 50, 10),
    category("W5.1", 10, 15),
    category("W5.2", 50, 10),
    category("W5.3", 1000, 10),
    category("W5.4", 5000, 10),
    category("W6.1", 10, 15),
    category("W6.2", 50, 10),
    category("W7.1", 10, 15),
    category("W7.2", 50, 10),
    category("W8", 50, 10),
    category("W9.1", 50, 10),
    category("W9.2", 200, 10),
    category("W10", 200, 10),
    category("W11", 200, 10),
];

/// Table 3: factors of toxic gases.
pub(super) const TOXIC_GASES: [(&str, i64); 14] = [
    ("一氧化碳", 2),
    ("二氧化硫", 2),
    ("氨", 2),
    ("环氧乙烷", 2),
    ("氯化氢（无水）", 3),
    ("溴甲烷", 3),
    ("氯", 4),
    ("硫化氢", 5),
    ("氟化氢", 5),
    ("二氧化氮", 10),
    ("氰化氢", 10),
    ("碳酰氯（光气）", 20),
    ("磷化氢", 20),
    ("异氰酸甲酯", 20),
];
