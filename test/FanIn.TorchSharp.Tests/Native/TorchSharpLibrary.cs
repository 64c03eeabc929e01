namespace FanIn.TorchSharp.Tests.Native;

/// <summary>The real library, as it lies in this test's output. Read only: the file is linked to the package cache.</summary>
internal static class TorchSharpLibrary
{
    public const string UnusedVersion = "GLIBCXX_3.4.32";

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    private static readonly Lazy<byte[]> Content = new(() => File.ReadAllBytes(Path));

    public static byte[] Bytes()
    {
        SkipUnlessLinux();
        return Content.Value;
    }

    public static void SkipUnlessLinux()
    {
        if (!OperatingSystem.IsLinux() || NativeFiles.Platform != "linux-x64")
        {
            Assert.Skip($"The library under test is that of linux-x64; this is {NativeFiles.Platform}.");
        }
    }
}
