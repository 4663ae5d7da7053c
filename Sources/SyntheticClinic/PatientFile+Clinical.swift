import JSONTape

/// Conditions and prescriptions.
extension PatientFile {
    /// What a visit was about: two visits in a row share it, so that prescriptions refer to a condition.
    private func diagnosis(_ visit: Visit) -> Diagnosis {
        var random = clinic.randomness(.condition, index &* 16 &+ visit.number / 2)
        return random.pick(Diagnosis.all)
    }

    func addCondition(_ visit: Visit) {
        let diagnosis = diagnosis(visit)
        add("Condition", clinic.id(.condition, index, visit.number / 2)) { writer in
            let status = diagnosis.isChronic ? ("active", "Active") : ("resolved", "Resolved")
            writer.concept("clinicalStatus", [.hl7("condition-clinical", status.0, status.1)])
            writer.concept("verificationStatus", [.hl7("condition-ver-status", "confirmed", "Confirmed")])
            writer.concepts("category", .hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis"))
            writer.concept("code", [diagnosis.snomed, diagnosis.icd10], text: diagnosis.snomed.display)
            writer.link("subject", patient)
            writer.link("encounter", encounter(visit))
            writer.member("onsetDateTime", visit.start.adding(minutes: -5 * 1440).date)
            if !diagnosis.isChronic { writer.member("abatementDateTime", visit.start.adding(minutes: 9 * 1440).date) }
            writer.member("recordedDate", visit.start.dateTime)
            writer.link("recorder", visit.practitioner.practitioner)
        }
    }

    func addMedicationRequest(_ visit: Visit) {
        let diagnosis = diagnosis(visit)
        let condition = Link(
            reference: "Condition/\(clinic.id(.condition, index, visit.number / 2))",
            display: diagnosis.snomed.display)
        let isActive = diagnosis.isChronic && visit.number >= 6
        add("MedicationRequest", clinic.id(.medicationRequest, index, visit.number)) { writer in
            writer.identifiers("urn:martlet:prescription", "R\(index + 1)-\(visit.number + 1)")
            writer.member("status", isActive ? "active" : "completed")
            writer.member("intent", "order")
            writer.concept("medicationCodeableConcept", [diagnosis.medicine], text: diagnosis.medicine.display)
            writer.link("subject", patient)
            writer.link("encounter", encounter(visit))
            writer.member("authoredOn", visit.start.adding(minutes: 20).dateTime)
            writer.link("requester", visit.practitioner.practitioner)
            writer.links("reasonReference", [condition])
            writer.key("dosageInstruction")
            writer.beginArray()
            writer.beginObject()
            writer.member("text", "\(diagnosis.dose), \(diagnosis.frequency) times a day")
            writer.key("timing")
            writer.beginObject()
            writer.key("repeat")
            writer.beginObject()
            writer.key("frequency")
            writer.number(diagnosis.frequency)
            writer.key("period")
            writer.number(1)
            writer.member("periodUnit", "d")
            writer.endObject()
            writer.endObject()
            writer.endObject()
            writer.endArray()
            writer.key("dispenseRequest")
            writer.beginObject()
            writer.key("numberOfRepeatsAllowed")
            writer.number(diagnosis.isChronic ? 3 : 0)
            writer.endObject()
        }
    }
}
