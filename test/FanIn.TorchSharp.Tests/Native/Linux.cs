namespace FanIn.TorchSharp.Tests.Native;

internal static class Linux
{
    public static void Require()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Copies of libraries are made on Linux only.");
        }
    }
}
