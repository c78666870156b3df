//! Every metric, a struct a service: made and counted by itself, and read through one registry.
//!
//! The structs are cheap to clone and work unregistered, so that a service's tests need no registry. Names follow
//! Prometheus: unit in the name, `_total` on counters, seconds and not milliseconds.

mod cases;
mod deliveries;
mod family;
mod ingress;
mod stock;
mod work;

pub use cases::CaseMetrics;
pub use deliveries::DeliveryMetrics;
pub use family::{Documented, Kind};
pub use ingress::{Count, IngressMetrics};
pub use stock::StockMetrics;
pub use work::{JobEnd, WorkMetrics};

use family::Catalogue;
use portico_vocab::CellId;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::info::Info;

/// What [`Metrics::render`] is sent as.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics of one Portico and the registry they are read through.
#[derive(Debug)]
pub struct Metrics {
    catalogue: Catalogue,
    pub ingress: IngressMetrics,
    pub work: WorkMetrics,
    pub deliveries: DeliveryMetrics,
    pub cases: CaseMetrics,
    /// Read from the ledgers at each scrape.
    pub stock: StockMetrics,
}

impl Metrics {
    /// What is known beforehand of `cells` stands at zero from the start, so that a rate has something to grow from.
    #[must_use]
    pub fn new(cells: &[CellId]) -> Self {
        let mut catalogue = Catalogue::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        catalogue.info("portico_build", &["version"], "The build that runs", Info::new(version));
        Self {
            ingress: IngressMetrics::registered(&mut catalogue, cells),
            work: WorkMetrics::registered(&mut catalogue, cells),
            deliveries: DeliveryMetrics::registered(&mut catalogue),
            cases: CaseMetrics::registered(&mut catalogue, cells),
            stock: StockMetrics::registered(&mut catalogue),
            catalogue,
        }
    }

    /// Name, kind, labels and meaning of every metric, as docs/WATCHING.md lists them.
    #[must_use]
    pub fn documented(&self) -> &[Documented] {
        self.catalogue.documented()
    }

    /// OpenMetrics text (version 1.0.0), which every Prometheus since 2.5 reads.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string has no way to fail.
        let _ = encode(&mut text, self.catalogue.registry());
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use portico_vocab::CountryCode;

    fn metrics() -> (Metrics, CellId) {
        let cell = CellId::of(CountryCode::parse("BR").unwrap());
        (Metrics::new(&[cell]), cell)
    }

    #[test]
    fn what_is_counted_is_rendered_and_starts_at_zero() {
        let (metrics, cell) = metrics();
        let zero = "portico_ingress_webhooks_total{answer=\"forged\"} 0\n";
        assert!(metrics.render().contains(zero));
        metrics.ingress.add(Count::Forged, 2);
        metrics.ingress.durable(cell, std::time::Duration::from_millis(20));
        let text = metrics.render();
        assert!(text.contains("portico_ingress_webhooks_total{answer=\"forged\"} 2\n"), "{text}");
        assert!(text.contains("portico_ingress_durable_seconds_bucket{le=\"0.025\",cell=\"BR\"} 1\n"), "{text}");
        assert!(text.ends_with("# EOF\n"));
    }

    /// docs/WATCHING.md lists every metric as it is, and no other.
    #[test]
    fn the_guide_and_the_code_list_the_same() {
        let (metrics, _) = metrics();
        let row = |metric: &Documented| {
            let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            format!("| `{}` | {} | {} | {} |", metric.name, metric.kind.as_str(), labels.join(", "), metric.help)
        };
        let expected: Vec<String> = metrics.documented().iter().map(row).collect();
        let guide = include_str!("../../../../docs/WATCHING.md");
        let listed: BTreeSet<&str> = guide.lines().filter(|line| line.starts_with("| `portico_")).collect();
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        let missing: Vec<_> = expected.difference(&listed).collect();
        let surplus: Vec<_> = listed.difference(&expected).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "missing:\n{missing:#?}\nof no metric:\n{surplus:#?}");
    }
}
