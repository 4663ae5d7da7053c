/// Cases where the reference validator says something else, and why.
enum ValidatorCaseNotes {
    private static let display = "displays of a system that the standard does not list"
    private static let measure = "reports are not checked against their measures, nor libraries of CQL"
    private static let unknown = "an extension whose definition is not known is no error but information"
    private static let units = "quantities of other units are not compared with the limits of a questionnaire"
    private static let resolution = "references of a bundle have to be there and mean one entry only"

    static let notes: [String: String] = [
        "StructureDefinition-Slice23": "a slice that is sliced anew by another discriminator",
        "bad-bundle-reference-type-4": resolution,
        "bundle-bad-by-param": "profiles of entries that are given to the reference validator by a setting",
        "bundle-document-versioned-references-bad": resolution,
        "bundle-id-4": display,
        "bundle-with-extensions": "entries without full URL are let pass",
        "choice-gender-coding-async-qr": "displays are not compared",
        "contained-resource-bad-id-ignore": "a setting of the reference validator that lets ids of any form pass",
        "dr-xml-space": "xml:space in a narrative, which is none of the attributes of R4 narrative.html#xhtml",
        "encounter-period": "dates that cannot be compared break no rule: the result is empty",
        "mr-covid-mr1": measure,
        "mr-m-cql-library": measure,
        "mr-single-bad-2": measure,
        "obs-temp-bad": "the profile of vital signs is asked by LOINC codes alone, not by those of SNOMED CT",
        "pat-example-extensions": unknown,
        "patient_as_operator_issue-r4": "the rule gives nothing at all for the resource, which keeps no promise",
        "quantity-min-max-incompat-units-qr": units,
        "quantity-qr": units,
        "reference-invalid-resource-type-qr": "types of resources in absolute addresses are not judged",
        "relative_reference_to_fullUrl.id_in_target_resource": resolution,
        "res-inv-example-bad": "an extension of a later package under the standard's own address",
        "signatures-example-2": "signatures are not verified",
        "sp-diff-base": "search parameters are not compared with those that they derive from",
        "structureDefinition-11179-objectClass-R4": "the context of an extension as R4 has it; later packages widen it",
        "uk-msg": display,
        "uuid-extension": unknown,
    ]
}
