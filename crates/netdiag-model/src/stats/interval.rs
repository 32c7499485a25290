//! A share that was estimated, and how well: the score interval of E. B. Wilson (1927).
//!
//! Unlike p ± z·√(p(1−p)/n) it stays within [0, 1] and means something when nothing, or everything, was lost. The
//! interval of a ratio of two shares is put together from theirs by MOVER (A. Donner, G. Y. Zou, 2012).

/// The quantile of the normal distribution that belongs to an interval of 95 %, both sides.
pub const Z95: f64 = 1.959_963_984_540_054;

/// An estimate and the bounds of its confidence interval; low ≤ estimate ≤ high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The most likely value.
    pub estimate: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Interval {
    /// Wilson's interval for a share of which `k` of `n` were seen, at `z` standard deviations ([`Z95`]): shares of 1.
    /// Without trials it is 0 in [0, 1]; `k` above `n` counts as `n`.
    pub fn wilson(k: u64, n: u64, z: f64) -> Self {
        Self::weighed(k as f64, n as f64, z)
    }

    /// Wilson's interval for counts that were weighed: trials that depend on each other count as fewer.
    pub(super) fn weighed(k: f64, n: f64, z: f64) -> Self {
        if n <= 0.0 {
            return Self { estimate: 0.0, low: 0.0, high: 1.0 };
        }
        let share = (k / n).clamp(0.0, 1.0);
        let weight = z * z / n;
        let centre = (share + weight / 2.0) / (1.0 + weight);
        let reach = z * (share * (1.0 - share) / n + weight / n / 4.0).sqrt() / (1.0 + weight);
        // At the ends the bound is the end itself, which rounding would miss.
        let low = if share <= 0.0 { 0.0 } else { (centre - reach).clamp(0.0, share) };
        let high = if share >= 1.0 { 1.0 } else { (centre + reach).clamp(share, 1.0) };
        Self { estimate: share, low, high }
    }

    /// A value that is known.
    pub(super) const fn exact(value: f64) -> Self {
        Self { estimate: value, low: value, high: value }
    }

    /// `self` over `other`, each estimated independently of the other, cut to [0, 1].
    pub(super) fn over(self, other: Self) -> Self {
        let product = self.estimate * other.estimate;
        let side = |near: f64, far: f64| {
            let root =
                product.powi(2) - near * far * (2.0 * self.estimate - near) * (2.0 * other.estimate - far);
            (root.max(0.0).sqrt(), far * (2.0 * other.estimate - far))
        };
        let (root, divisor) = side(self.low, other.high);
        let low = if divisor > 0.0 { ((product - root) / divisor).clamp(0.0, 1.0) } else { 0.0 };
        let (root, divisor) = side(self.high, other.low);
        let high = if divisor > 0.0 { ((product + root) / divisor).clamp(0.0, 1.0) } else { 1.0 };
        let estimate = if other.estimate > 0.0 { self.estimate / other.estimate } else { 1.0 };
        Self { estimate: estimate.clamp(low, high), low, high }
    }

    /// One minus it: loss of survival, survival of loss.
    #[must_use]
    pub fn complement(self) -> Self {
        Self { estimate: 1.0 - self.estimate, low: 1.0 - self.high, high: 1.0 - self.low }
    }

    /// The same share in percent.
    #[must_use]
    pub fn percent(self) -> Self {
        Self { estimate: self.estimate * 100.0, low: self.low * 100.0, high: self.high * 100.0 }
    }
}

#[cfg(test)]
mod tests;
