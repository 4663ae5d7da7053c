internal import HL7Syntax

extension Segment {
    /// A coded field as the tables have it: upper case, without blanks around; `""` and nothing are the same here.
    func code(_ number: Int) -> String {
        (self[field: number][component: 1].value ?? "").collapsed.uppercased()
    }
}
