import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Patient/[id]/$grant-proxy`: somebody may act for a patient, by a Consent that ends when the patient comes of age.
struct GrantProxy: ClinicOperation {
    static let majorityAge = ClinicSetting(
        "proxy.majority-age", "Age in years at which a proxy's access to a minor's record ends.", standard: "18")
    static let scopeSystem = "http://terminology.hl7.org/CodeSystem/consentscope"
    static let proxySystem = "urn:martlet:codesystem:consent-category"
    static let actionSystem = "urn:martlet:codesystem:proxy-scope"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "grant-proxy", typeName: "Patient", level: .instance, affectsState: true,
            documentation: "Lets a related person act for the patient.", roles: [.registration, .patient],
            events: ["proxy.granted"],
            parameters: [
                .init(.input, "proxy", 1, 1, "Reference", "The RelatedPerson, of this patient."),
                .init(.input, "period", 0, 1, "Period", "From when to when; ends when the patient comes of age."),
                .init(.input, "scope", 0, nil, "code", "What the proxy may do; everything by default."),
                .init(.output, "return", 1, 1, "Consent", "The consent, active."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        guard let proxy = try work.parameters.reference("proxy", "RelatedPerson") else {
            throw OperationParameters.invalid("the parameter proxy is missing")
        }
        let person = try await work.lock(proxy, element: work.parameters.place(of: "proxy"))
        guard person.reference("patient") == patient.reference else {
            throw StoreError(
                .businessRule, "\(proxy.text) is related to another patient", expression: "RelatedPerson.patient",
                details: "wrong-patient")
        }
        guard person.node["active"]?.bool != false else {
            throw StoreError(
                .businessRule, "\(proxy.text) is not active", expression: "RelatedPerson.active", details: "not-active")
        }
        if try await !ProxyConsents.live(of: patient.reference, for: proxy, work).isEmpty {
            throw StoreError(
                .conflict, "\(proxy.text) may act for the patient already", expression: "Consent", details: "duplicate")
        }
        let period = try await Self.period(patient, work)
        var consent = Consent()
        consent.status = "active"
        consent.scope = .of(Self.scopeSystem, "patient-privacy", "Privacy Consent")
        consent.category = [.of(Self.proxySystem, "proxy", "Access by proxy")]
        consent.patient = .to(patient.reference)
        consent.dateTime = .at(work.now)
        consent.performer = [.to(patient.reference)]
        consent.policyRule = .of("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN")
        var provision = Consent.Provision()
        provision.type = "permit"
        provision.period = period
        var actor = Consent.Provision.Actor()
        actor.role = .of("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "DELEGATEE", "delegatee")
        actor.reference = .to(proxy)
        provision.actor = [actor]
        provision.action = work.parameters.texts("scope").map { .of(Self.actionSystem, $0) }
        consent.provision = provision
        var changes = ChangeSet(work)
        let reference = changes.create(consent)
        changes.record("proxy.granted", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// What was asked for, but no longer than until the patient comes of age.
    private static func period(_ patient: StoredResource, _ work: ClinicWork) async throws -> Period {
        var period = try work.parameters.element("period", Period.self) ?? Period()
        let today = String(work.now.text.prefix(10))
        if period.start == nil { period.start = FHIRDateTime(today) }
        let place = work.parameters.place(of: "period")
        if let start = period.start?.text, let end = period.end?.text, end < start {
            throw StoreError(
                .businessRule, "the period ends before it begins", expression: place, details: "period-order")
        }
        if let end = period.end?.text, end < today {
            throw StoreError(.businessRule, "the period is over", expression: place, details: "period-over")
        }
        let age = try await majorityAge.integer(in: work.transaction)
        guard let born = patient.node["birthDate"]?.string, let majority = majority(born, age), majority > today else {
            return period
        }
        if period.end.map({ $0.text > majority }) ?? true { period.end = FHIRDateTime(majority) }
        return period
    }

    /// The day on which somebody comes of age; by the first day that a birth date without day may mean.
    static func majority(_ birthDate: String, _ age: Int) -> String? {
        let parts = birthDate.split(separator: "-")
        guard let year = parts.first.flatMap({ Int($0) }) else { return nil }
        let month = parts.count > 1 ? String(parts[1]) : "01"
        var day = parts.count > 2 ? String(parts[2]) : "01"
        // Who was born on a leap day comes of age the day after the last of February.
        let isLeap = (year + age) % 4 == 0 && ((year + age) % 100 != 0 || (year + age) % 400 == 0)
        if month == "02", day == "29", !isLeap { return "\(year + age)-03-01" }
        if day.utf8.count < 2 { day = "0" + day }
        return "\(year + age)-\(month)-\(day)"
    }
}

/// The consents by which proxies act.
enum ProxyConsents {
    /// Active ones of a patient for a proxy, that are not over.
    static func live(
        of patient: LocalReference, for proxy: LocalReference?, _ work: ClinicWork
    ) async throws -> [StoredResource] {
        let today = String(work.now.text.prefix(10))
        return try await work.search("Consent", [("patient", patient.text), ("status", "active")]).filter { consent in
            let isProxy = (consent.node["category"]?.items ?? []).contains { category in
                (category["coding"]?.items ?? []).contains { $0["system"]?.string == GrantProxy.proxySystem }
            }
            guard isProxy, let provision = consent.node["provision"] else { return false }
            if let end = provision["period"]?["end"]?.string, end < today { return false }
            guard let proxy else { return true }
            return (provision["actor"]?.items ?? []).contains { LocalReference($0["reference"]) == proxy }
        }
    }
}
