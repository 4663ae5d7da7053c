import Glibc

/// `ppoll(2)`, which waits for less than a millisecond. Swift's view of the C library leaves GNU functions out.
struct PrecisePoll {
    private typealias Function =
        @convention(c) (
            UnsafeMutablePointer<pollfd>?, nfds_t, UnsafePointer<timespec>?, UnsafeRawPointer?
        ) -> Int32
    private let function: Function

    init() {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "ppoll") else { preconditionFailure("no ppoll") }
        // Safe: the type is that of ppoll's prototype, with the signal mask, which is never given, as a bare pointer.
        function = unsafeBitCast(symbol, to: Function.self)
    }

    func wait(_ polls: inout [pollfd], nanoseconds: UInt64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = function(&polls, nfds_t(polls.count), &time, nil)
    }
}
