using System.Reflection;
using System.Runtime.Loader;

namespace FanIn.Lab;

/// <summary>
/// Where a user's assembly and its dependencies are loaded: from its own folder and deps.json, but for what this process
/// already has, so that its modules are TorchSharp's modules here, and libtorch is loaded once.
/// </summary>
internal sealed class UserAssemblyContext : AssemblyLoadContext
{
    private static readonly string[] s_shared = ["TorchSharp", "FanIn", "FanIn.TorchSharp", "FanIn.Lab"];

    private readonly AssemblyDependencyResolver? _resolver;

    public UserAssemblyContext(string path)
        : base(Path.GetFileName(path))
    {
        try
        {
            _resolver = new AssemblyDependencyResolver(path);
        }
        catch (InvalidOperationException)
        {
            // A host without the runtime's own resolver, or a damaged deps.json: what is in the folder must do.
        }
        Resolving += (context, name) =>
            Path.Combine(Path.GetDirectoryName(path)!, $"{name.Name}.dll") is var beside && File.Exists(beside)
                ? context.LoadFromAssemblyPath(beside)
                : null;
    }

    /// <summary>The names of the assemblies of which the user's and this process must have the same.</summary>
    public static bool IsShared(string? name) => s_shared.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Null hands the question on to the process's own context.</summary>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        !IsShared(assemblyName.Name) && _resolver?.ResolveAssemblyToPath(assemblyName) is { } path
            ? LoadFromAssemblyPath(path)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver?.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
