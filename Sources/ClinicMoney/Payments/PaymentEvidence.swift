import Clinic
import FHIRStore
import FoundationEssentials
import JSONTape

/// What is shown to prove a payment: a picture of a transfer, by Binary or DocumentReference.
enum PaymentEvidence {
    /// Digests of what the evidence consists of; nothing may prove two payments.
    static func digests(of evidence: LocalReference, _ ledger: MoneyLedger) async throws -> [String] {
        let work = ledger.work
        let stored = try await work.read(evidence, element: work.parameters.place(of: "evidence"))
        var digests: [String] = []
        if evidence.typeName == "Binary" {
            if let digest = try await digest(base64: stored.node["data"], ledger) { digests.append(digest) }
        }
        for content in stored.node["content"]?.items ?? [] {
            guard let attachment = content["attachment"] else { continue }
            if let digest = try await digest(base64: attachment["data"], ledger) {
                digests.append(digest)
            } else if let binary = attachment["url"]?.string.flatMap({ LocalReference($0) }),
                binary.typeName == "Binary",
                let digest = try await digest(base64: work.find(binary)?.node["data"], ledger)
            {
                digests.append(digest)
            } else if let hash = attachment["hash"]?.string ?? attachment["url"]?.string {
                digests.append(try await ledger.digest(Array(hash.utf8)))
            }
        }
        // What has no bytes here is itself the proof.
        return digests.isEmpty ? [evidence.text] : Set(digests).sorted()
    }

    private static func digest(base64: JSONNode?, _ ledger: MoneyLedger) async throws -> String? {
        guard let text = base64?.string, let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
            !data.isEmpty
        else { return nil }
        return try await ledger.digest(Array(data))
    }
}
