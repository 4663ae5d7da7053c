/// Why a run could not go on.
struct BenchError: Error, CustomStringConvertible {
    enum Code: Equatable {
        /// A wrong option on the command line.
        case usage
        /// A program that the run needs is missing or failed.
        case program
        /// The server did not start, or answered what it must not.
        case server
        /// A socket could not be opened.
        case network
        /// The statements that the server sends could not be recognised.
        case capture
        /// The resource to validate is not valid.
        case validation
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var description: String { message }
}
