namespace FanIn.TorchSharp;

/// <summary>The sentences for a person whose libtorch can't be loaded: what, where, and what would be right.</summary>
internal static class LibtorchError
{
    /// <summary>The version of libtorch that TorchSharp 0.107 is built for.</summary>
    public const string LibtorchVersion = "2.10.0";

    private static readonly string[] Platforms = ["linux-x64", "win-x64", "osx-arm64"];

    public static DllNotFoundException NoRuntime(string platform, Exception? inner = null) =>
        new(
            Platforms.Contains(platform)
                ? $"No libtorch lies with the application: add the package libtorch-cpu-{platform} {LibtorchVersion} "
                    + $"(or one of the libtorch-cuda packages of that version) to the project that is run, and build it for {platform}."
                : $"There is no libtorch {LibtorchVersion} for {platform}: run the application on {string.Join(", ", Platforms[..^1])} or {Platforms[^1]}.",
            inner
        );

    public static DllNotFoundException SystemTooOld(VersionNeed need, Exception inner) =>
        new(
            $"This system's {need.Library} is too old for TorchSharp, which uses {need.Version} of it: "
                + "run the application on a newer system, such as Debian 12, Ubuntu 22.04 or a later one.",
            inner
        );

    public static DllNotFoundException NotLoaded(string path, Exception inner) =>
        new($"The native library of TorchSharp, '{path}', can't be loaded: {Sentence(inner)}", inner);

    /// <summary>The system's own words, in one line and with a full stop.</summary>
    private static string Sentence(Exception e)
    {
        string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // The runtime puts advice of its own before the words of the system's loader.
        string words = lines.Length == 0 ? e.GetType().Name : lines[^1];
        return words.EndsWith('.') ? words : words + ".";
    }
}
