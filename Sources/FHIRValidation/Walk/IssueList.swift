import JSONTape

/// The issues that a validation has found, and how they get their place.
struct IssueList {
    private(set) var issues: [ValidationIssue] = []
    private var errorCount = 0
    private var noticeCount = 0
    private var lines = LineCounter()
    private let path: TapePath
    let includesWarnings: Bool
    /// Whether errors are only counted: while it is found out if something would do.
    private(set) var isTrial = false
    private(set) var hasTrialFailed = false

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
        if isTrial {
            if severity == .error { hasTrialFailed = true }
            return
        }
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

    // MARK: - Trials

    /// From here on nothing is kept. Answers what `endTrial` needs.
    mutating func beginTrial() -> (isTrial: Bool, hasFailed: Bool) {
        defer { (isTrial, hasTrialFailed) = (true, false) }
        return (isTrial, hasTrialFailed)
    }

    /// Whether there was no error.
    mutating func endTrial(_ outer: (isTrial: Bool, hasFailed: Bool)) -> Bool {
        defer { (isTrial, hasTrialFailed) = outer }
        return !hasTrialFailed
    }

    mutating func failTrial() { hasTrialFailed = true }

    /// Keeps an error once, in trials too: one that says that the rest was not looked at.
    mutating func addAlways(_ code: ValidationIssue.Code, at index: Document.Index, _ message: String) {
        let outer = (isTrial, hasTrialFailed)
        isTrial = false
        if !issues.contains(where: { $0.code == code && $0.message == message }) {
            add(.error, code, at: index, message)
        }
        (isTrial, hasTrialFailed) = outer
    }
}
