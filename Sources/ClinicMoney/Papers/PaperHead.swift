import Clinic
import FHIRStore
import JSONTape
import Printing

/// What all documents of the clinic have in common.
enum PaperHead {
    /// The clinic's name and address, by the Reference that a resource has of it, else by the settings.
    static func letterhead(_ issuer: JSONNode?, _ work: ClinicWork) async throws -> Letterhead {
        var party = try await PaperParty(issuer, work)
        if party == nil, let own = try await ClinicParty.organization(work) {
            party = try await PaperParty(JSONNode(try Document.parse(own)), work)
        }
        let lines = party?.lines ?? ["Clinic"]
        return Letterhead(name: lines[0], lines: Array(lines.dropFirst()))
    }

    /// Throws `StoreError` where a text is too long to be printed.
    static func pdf(of document: PrintedDocument) throws -> [UInt8] {
        do {
            return try document.pdf().bytes
        } catch {
            throw StoreError(.businessRule, "the document cannot be printed", details: "not-printable")
        }
    }
}

extension Amount {
    /// `1250.00 EUR`
    var readable: String { text + " " + currency.code }
}
