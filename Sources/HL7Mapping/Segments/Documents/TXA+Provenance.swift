internal import HL7Syntax

/// TXA-22 to the Provenance of a signature: who signed, and when. TXA[Provenance].
struct SignatureMap {
    let scope: MessageScope

    /// Those signatures that have a time; without one there is nothing to add to the document's authenticator.
    func map(_ segment: Segment, document: StatedResource) -> [StatedResource] {
        segment[field: 22].repetitions.enumerated().compactMap { index, repetition in
            guard let person = PractitionerMap(context: scope.context).reference(repetition),
                let time = scope.context.dateTime(
                    repetition[component: 15].string, at: segment[field: 22].location),
                time.instantSeconds != nil
            else { return nil }
            var provenance = FHIRObject()
            provenance.append("target", .reference(document.address))
            time.setInstant("recorded", in: &provenance)
            provenance.set(
                "activity", .concept("http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion", "AU"))
            provenance.append(
                "agent",
                .object([
                    "type": .concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "legal"),
                    "who": person,
                ]))
            return StatedResource(
                IdentityKey("Provenance", [document.identityKey, "signature", "\(index + 1)"]), provenance,
                rule: .mention, location: segment.location)
        }
    }
}
