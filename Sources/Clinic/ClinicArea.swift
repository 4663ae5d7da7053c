package import FHIRStore

/// One part of the clinic's work: scheduling, money. What it offers is listed in `ClinicWorkflows`.
package protocol ClinicArea {
    static var operations: [any ClinicOperation] { get }
    static var migrations: [Migration] { get }
    static var jobs: [any ClinicJob] { get }
    static var webhooks: [any ClinicWebhook] { get }
    /// Rules of its own that a clinic may change.
    static var settings: [ClinicSetting] { get }
}

extension ClinicArea {
    package static var jobs: [any ClinicJob] { [] }
    package static var webhooks: [any ClinicWebhook] { [] }
    package static var settings: [ClinicSetting] { [] }
}
