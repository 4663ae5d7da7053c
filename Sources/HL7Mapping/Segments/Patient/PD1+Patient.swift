internal import HL7Syntax

/// PD1 to the Patient: who looks after the person. PD1[Patient].
struct PracticeMap {
    let context: MappingContext
    /// PD1.
    let segment: Segment

    func add(to patient: inout FHIRObject) {
        let organizations = segment[field: 3].repetitions.compactMap {
            OrganizationMap(context: context).reference($0)
        }
        patient.set("managingOrganization", organizations.first)
        for doctor in segment[field: 4].repetitions {
            patient.append("generalPractitioner", PractitionerMap(context: context).reference(doctor))
        }
    }
}
