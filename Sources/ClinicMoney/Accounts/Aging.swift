import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/Account/[id]/$aging`: what is open on an account, by how long ago it was issued.
struct Aging: ClinicOperation {
    private static let buckets: [(code: String, days: ClosedRange<Int>)] = [
        ("0-30", Int.min...30), ("31-60", 31...60), ("61-90", 61...90), ("91-", 91...Int.max),
    ]

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "aging", typeName: "Account", level: .instance, affectsState: false,
            documentation: "What is open on an account, by days since it was issued.",
            roles: [.cashier, .facilityHead],
            parameters: [
                .init(.input, "atDate", 0, 1, "dateTime", "At the end of which day, or when; now where left out."),
                .init(.input, "format", 0, 1, "code", "application/fhir+json, the only one."),
                .init(.output, "return", 1, 1, "MeasureReport", "One group for each currency and age."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let account = try work.instance
        let time = try work.parameters.date("atDate", now: work.now)
        let open = try await AccountBook(account.reference, at: time, work).open()
        var report = ResourceEdit(nil)
        report.set("resourceType", "MeasureReport")
        report.set("status", "complete")
        report.set("type", "individual")
        report.set("measure", "urn:martlet:measure:account-aging")
        let patient = (account.node["subject"]?.items ?? []).first { LocalReference($0)?.typeName == "Patient" }
        if let patient { report.set("subject", json: patient.source) }
        report.set("date", work.now.text)
        report.set(
            "period",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("end", time.text)
                writer.endObject()
            })
        let standard = Currency(try await MoneySettings.currency.text(in: work.transaction))
        let currencies = Set(open.map(\.amount.currency)).union(open.isEmpty ? [standard] : [])
        report.set(
            "group",
            items: currencies.sorted { $0.code < $1.code }.flatMap { currency in
                Self.buckets.map { bucket in
                    let sum = open.filter {
                        $0.amount.currency == currency && bucket.days.contains(Self.days($0.issued, time))
                    }
                    .reduce(0) { $0 + $1.amount.minor }
                    return Self.group(bucket.code, Amount(sum, currency))
                }
            })
        report.set("evaluatedResource", items: [account.reference.json] + open.map(\.invoice.json))
        return ClinicAnswer(resource: report.bytes)
    }

    private static func days(_ from: Instant, _ to: Instant) -> Int {
        Int((to.microsecondsSince1970 - from.microsecondsSince1970) / 86_400_000_000)
    }

    private static func group(_ code: String, _ amount: Amount) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("code")
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", "urn:martlet:aging-days")
            writer.member("code", code)
            writer.endObject()
            writer.endArray()
            writer.endObject()
            writer.key("measureScore")
            writer.beginObject()
            writer.key("value")
            writer.raw(amount.text.utf8)
            writer.member("system", "urn:iso:std:iso:4217")
            writer.member("code", amount.currency.code)
            writer.endObject()
            writer.endObject()
        }
    }
}
