package import Glibc

/// Keeps the descriptors of this process from the children that tests start.
///
/// NIO does not mark its sockets as closed on exec. One that a child holds stays open when we close it, and the other
/// end waits for the end of the connection as long as the child lives.
package enum InheritedDescriptors {
    /// Lets the child close all but input, output and error. Call it after the actions that give it those.
    package static func close(_ actions: inout posix_spawn_file_actions_t) {
        // Swift does not see glibc's action that closes all. The kernel gives out the lowest free number, so that no
        // suite gets near the second limit, which is there for systems that allow a billion.
        let limit = min(Int32(clamping: sysconf(Int32(_SC_OPEN_MAX))), 16_384)
        for descriptor in 3..<max(limit, 3) { posix_spawn_file_actions_addclose(&actions, descriptor) }
    }
}
