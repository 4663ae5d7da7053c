import JSONTape

/// The issues that a validation has found, and how they get their place.
struct IssueList {
    private(set) var issues: [ValidationIssue] = []
    private var errorCount = 0
    private var noticeCount = 0
    private var lines = LineCounter()
    private let path: TapePath
    let includesWarnings: Bool

    init(path: TapePath, includesWarnings: Bool) {
        self.path = path
        self.includesWarnings = includesWarnings
    }

    /// Keeps an issue about the value at `index`, unless there are enough of its kind: warnings never crowd out errors.
    ///
    /// - Parameter member: name of an element that should be in the object at `index`.
    @inline(never)
    mutating func add(
        _ severity: ValidationIssue.Severity, _ code: ValidationIssue.Code, at index: Document.Index,
        member: String? = nil, _ message: @autoclosure () -> String, rule: String? = nil
    ) {
        if severity == .error {
            guard errorCount < ResourceValidator.maximumIssueCount else { return }
            errorCount += 1
        } else {
            guard includesWarnings, noticeCount < ResourceValidator.maximumIssueCount else { return }
            noticeCount += 1
        }
        let document = path.document
        let offset = document.byteRange(index).lowerBound
        let place = lines.place(of: offset, in: document)
        var expression = path.expression(to: index)
        if let member { expression += "." + member }
        issues.append(
            ValidationIssue(
                severity, code, at: expression, rule.map { "\(message()) (\($0))" } ?? message(), rule: rule,
                byteOffset: offset, line: place.line, column: place.column))
    }
}
