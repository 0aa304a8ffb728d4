"""GET /metrics, read by the parser of the Prometheus project."""

from prometheus_client.parser import text_string_to_metric_families

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Scrape:
    """One answer of GET /metrics. `families`: name, without _total -> family of prometheus_client."""

    def __init__(self, service, **options):
        answer = service.get("/metrics", **options)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == CONTENT_TYPE
        self.text = answer.text
        self.families = {family.name: family for family in text_string_to_metric_families(self.text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def series(self, name, **labels):
        """The samples of that name (with _total, _count, …) that have these labels among theirs."""
        return [sample for sample in self.samples
                if sample.name == name and labels.items() <= sample.labels.items()]

    def value(self, name, **labels):
        """Their sum; 0 where there is none."""
        return sum(sample.value for sample in self.series(name, **labels))

    def counted(self, name, *keys):
        """{label values in this order: value} of the series that are not 0; one key gives plain values."""
        found = {tuple(sample.labels[key] for key in keys): sample.value
                 for sample in self.series(name) if sample.value != 0}
        return {key[0]: value for key, value in found.items()} if len(keys) == 1 else found
