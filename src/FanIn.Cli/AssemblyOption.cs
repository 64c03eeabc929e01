using System.CommandLine;

namespace FanIn.Cli;

/// <summary><c>--assembly X.dll --module TYPE</c>: a TorchSharp module of a user's own.</summary>
internal static class AssemblyOption
{
    public const string ModuleAlone = "--module is a type in an assembly: give --assembly X.dll too";

    public static Option<string?> Assembly() =>
        new("--assembly")
        {
            HelpName = "X.dll",
            Description = "An assembly of yours with a TorchSharp module in it.",
            Hidden = !Tool.HasEngine,
        };

    public static Option<string?> Module() =>
        new("--module")
        {
            HelpName = "TYPE",
            Description = "The module's type in it, or Type.Method, which makes one. Default: the only one there is.",
            Hidden = !Tool.HasEngine,
        };

    /// <exception cref="UsageException">There is no such file.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{(Directory.Exists(path) ? $"--assembly '{path}' is a folder" : $"there is no --assembly '{path}'")}; give the .dll that 'dotnet build' makes of the module's project"
            );
        }
    }
}
