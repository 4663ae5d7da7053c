/// Cases where the reference validator says something else, and why.
enum ValidatorCaseNotes {
    private static let display = "displays of a system that the standard does not list"
    private static let unknown = "an extension whose definition is not known is no error but information"

    static let notes: [String: String] = [
        "bundle-bad-by-param": "profiles of entries that are given to the reference validator by a setting",
        "contained-resource-bad-id-ignore": "a setting of the reference validator that lets ids of any form pass",
        "encounter-period": "dates that cannot be compared break no rule: the result is empty",
        "obs-temp-bad": "the profile of vital signs is asked by LOINC codes alone, not by those of SNOMED CT",
        "pat-example-extensions": unknown,
        "patient_as_operator_issue-r4": "the rule gives nothing at all for the resource, which keeps no promise",
        "res-inv-example-bad": "an extension of a later package under the standard's own address",
        "signatures-example-2": "signatures are not verified",
        "uk-msg": display,
        "uuid-extension": unknown,
    ]
}
