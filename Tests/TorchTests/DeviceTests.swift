import Testing
import Torch

@Suite struct DeviceTests {
    @Test(arguments: [("cpu", Device.cpu), ("cuda", .cuda()), ("cuda:0", .cuda(0)), ("cuda:7", .cuda(7))])
    func namesAreDevices(name: String, device: Device) {
        #expect(Device(name) == device)
        #expect(Device(device.description) == device)
    }

    @Test(arguments: ["", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:128", "cuda:one", "cuda:1:2", "cpu:0", " cpu"])
    func otherNamesAreNot(name: String) { #expect(Device(name) == nil) }

    @Test func theProcessorIsAlwaysThere() throws {
        try Device.cpu.require()
        Device.cpu.synchronize()
        #expect(Device.cpu.isCPU && !Device.cuda().isCPU)
    }

    /// With a GPU at hand there is nothing to say.
    @Test func anAbsentDeviceIsOneClearSentence() {
        for device in [Device.cuda(), .cuda(99)] {
            do {
                try device.require()
            } catch {
                let message = "\(error)"
                #expect(message.hasPrefix("\(device) cannot be used: "))
                #expect(!message.contains("\n") && message.count < 300, "\(message)")
            }
        }
    }

    @Test func theEngineSaysWhatItIs() {
        #expect(Engine.version.hasPrefix("2."))
        let before = Engine.threadCount
        Engine.threadCount = 1
        #expect(Engine.threadCount == 1)
        Engine.threadCount = before
    }
}
