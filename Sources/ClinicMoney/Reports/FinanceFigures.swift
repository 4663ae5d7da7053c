import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// What the books say of a time: all from rows that are only added, so that the same time gives the same figures.
struct FinanceFigures: Sendable {
    static let measure = "urn:martlet:measure:finance"
    static let figureSystem = "urn:martlet:finance-figure"

    /// One figure in one currency, of one method of payment where it is told apart by that.
    struct Row: Sendable {
        /// `invoiced`, `cancelled`, `credited`, `received`, `refunded`, `receivable`, `unallocated`.
        var figure: String
        var method: String?
        var amount: Amount
        var count: Int
    }

    let period: FinancePeriod
    let rows: [Row]

    init(_ period: FinancePeriod, _ work: ClinicWork) async throws {
        self.period = period
        var parameters = SQLParameters()
        parameters.append(timestamp: period.start.microsecondsSince1970)
        parameters.append(timestamp: period.end.microsecondsSince1970)
        let found = try await work.transaction.session.query(
            try work.store.statement(Self.figures(work.store)), parameters)
        rows = (0..<found.rowCount).map { row in
            Row(
                figure: found.string(row, 0) ?? "", method: found.string(row, 2),
                amount: Amount(Int(found.int64(row, 3) ?? 0), Currency(found.string(row, 1) ?? "")),
                count: Int(found.int64(row, 4) ?? 0))
        }
    }

    /// Those of a figure and a currency together.
    private func sum(_ figure: String, _ currency: Currency) -> (amount: Amount, count: Int, parts: [Row]) {
        let parts = rows.filter { $0.figure == figure && $0.amount.currency == currency }
        let minor = parts.reduce(0) { $0 + $1.amount.minor }
        return (Amount(minor, currency), parts.reduce(0) { $0 + $1.count }, parts.filter { $0.method != nil })
    }

    private static let names = [
        "invoiced", "cancelled", "credited", "received", "refunded", "receivable", "unallocated",
    ]

    // MARK: - Forms

    /// A MeasureReport: a group for each figure and currency, with the methods of payment as strata.
    /// - Parameters:
    ///   - standard: currency of a report without any figure.
    ///   - month: the month that is closed by it.
    func report(now: Instant, standard: String, month: String? = nil) -> [UInt8] {
        var report = ResourceEdit(nil)
        report.set("resourceType", "MeasureReport")
        if let month {
            report.append("identifier", json: PaymentPapers.identifier("urn:martlet:finance-month", month))
        }
        report.set("status", "complete")
        report.set("type", "summary")
        report.set("measure", Self.measure)
        // What has passed is told alike whenever it is asked for.
        report.set("date", min(now, period.end).text)
        report.set(
            "period",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("start", period.firstDay)
                writer.member("end", period.lastDay)
                writer.endObject()
            })
        report.set("group", items: currencies(standard).flatMap { currency in Self.names.map { group($0, currency) } })
        return report.bytes
    }

    /// RFC 4180.
    func csv(standard: String) -> [UInt8] {
        var lines = ["figure,method,amount,currency,count"]
        for currency in currencies(standard) {
            for name in Self.names {
                let (amount, count, parts) = sum(name, currency)
                lines.append("\(name),,\(amount.text),\(currency.code),\(count)")
                for part in parts {
                    let method = part.method ?? ""
                    // A cell that begins like a formula is one to spreadsheets.
                    let safe = method.first.map { "=+-@".contains($0) } ?? false ? "'" + method : method
                    let cell = "\"" + safe.replacing("\"", with: "\"\"") + "\""
                    lines.append("\(name),\(cell),\(part.amount.text),\(currency.code),\(part.count)")
                }
            }
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private func currencies(_ standard: String) -> [Currency] {
        let found = Set(rows.map(\.amount.currency))
        return (found.isEmpty ? [Currency(standard)] : Array(found)).sorted { $0.code < $1.code }
    }

    private func group(_ name: String, _ currency: Currency) -> [UInt8] {
        let (amount, count, parts) = sum(name, currency)
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("code")
            writer.raw(CodeableConcept.of(Self.figureSystem, name).json)
            writer.key("population")
            writer.beginArray()
            writer.beginObject()
            writer.key("code")
            writer.raw(
                CodeableConcept.of("http://terminology.hl7.org/CodeSystem/measure-population", "initial-population")
                    .json)
            writer.key("count")
            writer.number(count)
            writer.endObject()
            writer.endArray()
            Self.score(amount, &writer)
            if !parts.isEmpty {
                writer.key("stratifier")
                writer.beginArray()
                writer.beginObject()
                writer.key("code")
                writer.beginArray()
                writer.raw(CodeableConcept.of(Self.figureSystem, "method").json)
                writer.endArray()
                writer.key("stratum")
                writer.beginArray()
                for part in parts {
                    writer.beginObject()
                    writer.key("value")
                    writer.raw(CodeableConcept.of("urn:martlet:codesystem:payment-method", part.method ?? "").json)
                    Self.score(part.amount, &writer)
                    writer.endObject()
                }
                writer.endArray()
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private static func score(_ amount: Amount, _ writer: inout JSONWriter) {
        writer.key("measureScore")
        writer.beginObject()
        writer.key("value")
        writer.raw(amount.text.utf8)
        writer.member("system", "urn:iso:std:iso:4217")
        writer.member("code", amount.currency.code)
        writer.endObject()
    }

    /// `$1` the beginning of the time, `$2` its end.
    private static func figures(_ store: FHIRStore) -> String {
        let invoices = store.visible("money_invoice", by: "invoice", of: "Invoice")
        let payments = store.visible("money_payment", by: "notice", of: "PaymentNotice")
        return """
            SELECT figure, currency, method, sum(amount)::bigint, count(*) FROM (
              SELECT 'invoiced' AS figure, currency, NULL AS method, total AS amount FROM \(invoices) i
              WHERE issued >= $1::timestamptz AND issued < $2::timestamptz
              UNION ALL
              SELECT 'cancelled', currency, NULL, total FROM \(invoices) i
              WHERE cancelled >= $1::timestamptz AND cancelled < $2::timestamptz
              UNION ALL
              SELECT CASE method WHEN 'credit-note' THEN 'credited' ELSE 'received' END, currency,
                nullif(method, 'credit-note'), amount
              FROM \(payments) p WHERE settled >= $1::timestamptz AND settled < $2::timestamptz
              UNION ALL
              SELECT 'refunded', p.currency, p.method, r.amount FROM money_refund r JOIN \(payments) p USING (notice)
              WHERE r.refunded >= $1::timestamptz AND r.refunded < $2::timestamptz
              UNION ALL
              SELECT 'receivable', i.currency, NULL, i.total - coalesce(e.paid, 0)
              FROM \(invoices) i LEFT JOIN (
                SELECT invoice, sum(amount)::bigint AS paid FROM money_entry WHERE entered < $2::timestamptz
                GROUP BY invoice) e USING (invoice)
              WHERE i.issued < $2::timestamptz AND (i.cancelled IS NULL OR i.cancelled >= $2::timestamptz)
                AND i.total > coalesce(e.paid, 0)
              UNION ALL
              SELECT 'unallocated', p.currency, NULL, p.amount - coalesce(e.used, 0) - coalesce(r.refunded, 0)
              FROM \(payments) p
              LEFT JOIN (
                SELECT notice, sum(amount)::bigint AS used FROM money_entry WHERE entered < $2::timestamptz
                GROUP BY notice) e USING (notice)
              LEFT JOIN (
                SELECT notice, sum(amount)::bigint AS refunded FROM money_refund WHERE refunded < $2::timestamptz
                GROUP BY notice) r USING (notice)
              WHERE p.settled < $2::timestamptz AND p.amount > coalesce(e.used, 0) + coalesce(r.refunded, 0)) f
            GROUP BY figure, currency, method ORDER BY figure, currency, method
            """
    }
}
