using System.Runtime.InteropServices;
using TorchSharp;

namespace FanIn.TorchSharp;

/// <summary>Where the runtime looks for native libraries, and what it calls them on this platform.</summary>
internal static class NativeFiles
{
    /// <summary>TorchSharp's native library, as its code names it.</summary>
    public const string TorchSharpLibrary = "LibTorchSharp";

    /// <summary>The platform as packages name it, such as <c>linux-x64</c>.</summary>
    public static string Platform { get; } =
        (
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux"
        )
        + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The folders, in the runtime's order: those of the application's deps.json, then beside the code.</summary>
    public static IReadOnlyList<string> Folders()
    {
        string listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        List<string?> folders =
        [
            .. listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "runtimes", Platform, "native"),
        ];
        if (Path.GetDirectoryName(typeof(torch).Assembly.Location) is { Length: > 0 } beside)
        {
            folders.Add(beside);
            folders.Add(Path.Combine(beside, "runtimes", Platform, "native"));
        }

        return [.. folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder!))).Distinct()];
    }

    /// <summary>The full path of a library file, or null if no folder has it.</summary>
    public static string? Find(IEnumerable<string> folders, string fileName) =>
        folders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists);

    /// <summary>The file name of a library on this platform: <c>torch_cpu</c> is <c>libtorch_cpu.so</c> on Linux.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{library}.dylib"
        : $"lib{library}.so";
}
