//! Families of one name, and the catalogue that knows them all.

use std::borrow::Cow;
use std::fmt::Debug;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

pub(super) type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];
pub(super) type Counters<const N: usize> = Family<Labels<N>, Counter>;
pub(super) type Gauges<const N: usize> = Family<Labels<N>, Gauge>;
pub(super) type Histograms<const N: usize> = Family<Labels<N>, Histogram, Buckets>;

/// Upper bounds of a histogram's buckets, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buckets(pub(super) &'static [f64]);

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

impl Kind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }
}

/// One metric as a person reads of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documented {
    /// As it is scraped: `_total` on counters, `_info` on what is always 1; a histogram adds its own endings.
    pub name: String,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

/// The registry, and what it holds in words.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    registry: Registry,
    documented: Vec<Documented>,
}

impl Catalogue {
    pub(super) fn counter<const N: usize>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str; N],
        help: &'static str,
        family: &Counters<N>,
    ) {
        self.add(name, "_total", Kind::Counter, labels, help, family.clone());
    }

    pub(super) fn gauge<const N: usize>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str; N],
        help: &'static str,
        family: &Gauges<N>,
    ) {
        self.add(name, "", Kind::Gauge, labels, help, family.clone());
    }

    pub(super) fn histogram<const N: usize>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str; N],
        help: &'static str,
        family: &Histograms<N>,
    ) {
        self.add(name, "", Kind::Histogram, labels, help, family.clone());
    }

    pub(super) fn info(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
        info: impl Metric,
    ) {
        self.add(name, "_info", Kind::Info, labels, help, info);
    }

    fn add(
        &mut self,
        name: &'static str,
        ending: &str,
        kind: Kind,
        labels: &'static [&'static str],
        help: &'static str,
        metric: impl Metric,
    ) {
        self.documented.push(Documented { name: format!("{name}{ending}"), kind, labels, help });
        self.registry.register(name, help, metric);
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(super) fn documented(&self) -> &[Documented] {
        &self.documented
    }
}

/// The values in the order of the names.
pub(super) fn labels<const N: usize, V: Into<Cow<'static, str>>>(
    names: &'static [&'static str; N],
    values: [V; N],
) -> Labels<N> {
    let mut values = values.into_iter();
    std::array::from_fn(|place| (names[place], values.next().map(Into::into).unwrap_or_default()))
}
