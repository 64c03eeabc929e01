using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using FanIn.Checkpoints;
using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// A module of a user's own assembly: a class derived from <c>nn.Module&lt;Tensor, Tensor&gt;</c>, or a method that makes
/// one. Loading runs the assembly's code with the rights of this process.
/// </summary>
public sealed class UserModule
{
    private readonly Func<object?> _create;

    private UserModule(string name, string assemblyPath, string fingerprint, Func<object?> create) =>
        (Name, AssemblyPath, Fingerprint, _create) = (name, assemblyPath, fingerprint, create);

    /// <summary>The type's full name, and that of the method that makes it, if one does.</summary>
    public string Name { get; }

    /// <summary>The assembly's full path.</summary>
    public string AssemblyPath { get; }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the assembly's file: a changed assembly has another.</summary>
    public string Fingerprint { get; }

    /// <summary>True where the first of its layers with weights is an Embedding: it reads token ids.</summary>
    /// <exception cref="UserModuleException">It can't be made.</exception>
    public bool ReadsTokens()
    {
        using nn.Module<Tensor, Tensor> trial = Create();
        return TableOf(trial) is not null;
    }

    /// <summary>Finds a module in an assembly.</summary>
    /// <param name="assemblyPath">A .NET assembly with its dependencies beside it, as <c>dotnet build</c> leaves them.</param>
    /// <param name="module">
    /// A type by its full or simple name, which has a public constructor whose parameters are all optional; or
    /// <c>Type.Method</c>, a public static method whose parameters are all optional, which returns a module. Null where the
    /// assembly has just one.
    /// </param>
    /// <exception cref="UserModuleException">
    /// There is no such file, it isn't a .NET assembly, is built against another TorchSharp, or has no such module.
    /// </exception>
    public static UserModule Load(string assemblyPath, string? module)
    {
        ArgumentException.ThrowIfNullOrEmpty(assemblyPath);
        NativeLoader.EnsureLoaded();
        string path = Path.GetFullPath(assemblyPath);
        string fingerprint = Hash(path, assemblyPath);
        try
        {
            Assembly assembly = new UserAssemblyContext(path).LoadFromAssemblyPath(path);
            CheckVersions(assembly, assemblyPath);
            (string name, Func<object?> create) = UserTypes.Find(assembly, assemblyPath, module);
            return new(name, path, fingerprint, create);
        }
        catch (BadImageFormatException e)
        {
            throw new UserModuleException(
                $"'{assemblyPath}' isn't a .NET assembly for this platform; give the .dll that 'dotnet build' makes of the module's project.",
                e
            );
        }
        catch (Exception e) when (e is FileLoadException or FileNotFoundException)
        {
            throw new UserModuleException(
                $"'{assemblyPath}' needs what isn't beside it ({Sentence(e).TrimEnd('.')}): give the one that 'dotnet publish' leaves, or set EnableDynamicLoading in its project.",
                e
            );
        }
    }

    /// <summary>Makes a new module, as its constructor has it.</summary>
    /// <exception cref="UserModuleException">Its own code fails; the message says how.</exception>
    public nn.Module<Tensor, Tensor> Create()
    {
        object? made;
        try
        {
            made = _create();
        }
        catch (Exception e)
        {
            Exception inner = Innermost(e);
            throw new UserModuleException(
                $"{Name} of '{AssemblyPath}' fails with {inner.GetType().Name} when it is made: {Sentence(inner)}",
                inner
            );
        }
        return made as nn.Module<Tensor, Tensor>
            ?? throw new UserModuleException(
                $"{Name} of '{AssemblyPath}' makes {(made is null ? "null" : $"a {made.GetType().FullName}")}, not an nn.Module<Tensor, Tensor>."
            );
    }

    /// <summary>Does nothing if a study can train the module: it makes an output for each class, and its layers can be seen.</summary>
    /// <exception cref="UserModuleException">It can't, or fails.</exception>
    public void CheckFits(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var scope = NewDisposeScope();
        Tensor inputs = StudyData.Of(data).Probe(2).Inputs;
        long[] output = Try(inputs);
        if (!output.AsSpan().SequenceEqual([inputs.shape[0], data.Classes.Count]))
        {
            throw new UserModuleException(
                $"{Name} of '{AssemblyPath}' makes an output of shape [{string.Join(", ", output)}] of the data of '{data.Name}', where [{inputs.shape[0]}, {data.Classes.Count}] is needed: one number for each of the {data.Classes.Count} classes."
            );
        }
        try
        {
            using nn.Module<Tensor, Tensor> trial = Create();
            NetworkLayers.Of(trial, inputs);
        }
        catch (InvalidOperationException e)
        {
            throw new UserModuleException($"{Name} of '{AssemblyPath}' can't be watched: {e.Message}", e);
        }
    }

    /// <summary>
    /// The module's tensors as a checkpoint of new values has them: see <see cref="ModuleCheckpoint.DescribeCheckpoint"/>.
    /// </summary>
    /// <param name="elementType">How floating-point numbers are stored; where null, as the module has them.</param>
    /// <exception cref="UserModuleException">
    /// It can't be made or stored, has nothing to draw, or what isn't drawn has other values each time it is made.
    /// </exception>
    public CheckpointModel DescribeCheckpoint(ElementType? elementType = null)
    {
        CheckpointModel model = Described(elementType);
        // Processes that share the work each make a module of their own, and must write the same bytes.
        if (model.Buffers.Any(buffer => !buffer.Content.IsEmpty))
        {
            CheckpointModel again = Described(elementType);
            (CheckpointBuffer First, CheckpointBuffer Second)[] pairs = [.. model.Buffers.Zip(again.Buffers)];
            if (pairs.FirstOrDefault(pair => pair.First != pair.Second) is { First: { } other })
            {
                throw new UserModuleException(
                    $"{Name} of '{AssemblyPath}' has other values in '{other.Name}' each time it is made, and nothing draws them: make it a parameter that is trained, or fill it with the same values each time."
                );
            }
        }
        return model;
    }

    private CheckpointModel Described(ElementType? elementType)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Create();
        try
        {
            return model.DescribeCheckpoint(elementType);
        }
        catch (Exception e) when (e is ModelConfigException or NotSupportedException or InvalidOperationException)
        {
            throw new UserModuleException($"{Name} of '{AssemblyPath}' can't be stored: {Sentence(e)}", e);
        }
    }

    /// <summary>The output's shape for a batch; what a module of its own shows, so that no other is changed by it.</summary>
    /// <exception cref="UserModuleException">The module fails on such a batch.</exception>
    internal long[] Try(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using nn.Module<Tensor, Tensor> trial = Create();
        try
        {
            return trial.call(batch).shape;
        }
        catch (Exception e)
        {
            Exception inner = Innermost(e);
            throw new UserModuleException(
                $"{Name} of '{AssemblyPath}' fails with {inner.GetType().Name} on a {(batch.is_floating_point() ? "" : "token ")}batch of shape [{string.Join(", ", batch.shape)}]: {Sentence(inner)}",
                inner
            );
        }
    }

    /// <summary>The Embedding that a module's input goes to; null for others.</summary>
    internal static Embedding? TableOf(nn.Module model) =>
        model.modules().FirstOrDefault(m => m.named_parameters(recurse: false).Any()) as Embedding;

    /// <summary>The assembly's file name and the module's name.</summary>
    public override string ToString() => $"{Path.GetFileName(AssemblyPath)}:{Name}";

    /// <summary>What a wrapper around the error says is nothing to the person who wrote the module.</summary>
    internal static Exception Innermost(Exception e) =>
        e is TargetInvocationException or TypeInitializationException && e.InnerException is { } inner
            ? Innermost(inner)
            : e;

    /// <summary>The first line, which native errors follow with their stack traces.</summary>
    internal static string Sentence(Exception e) => $"{e.Message.Split('\n')[0].TrimEnd('\r', ' ', '.')}.";

    private static string Hash(string path, string shown)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file).AsSpan(0, 8));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserModuleException($"There is no file '{shown}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserModuleException($"'{shown}' can't be read: {Sentence(e)}", e);
        }
    }

    /// <summary>Before any of its code runs: of another version's types nothing can be expected.</summary>
    private static void CheckVersions(Assembly assembly, string shown)
    {
        AssemblyName own = typeof(torch).Assembly.GetName();
        AssemblyName[] references = assembly.GetReferencedAssemblies();
        AssemblyName? found = Array.Find(references, r => r.Name == own.Name);
        if (found is null)
        {
            throw new UserModuleException($"'{shown}' doesn't use TorchSharp, so it holds no module.");
        }
        if (found.Version != own.Version)
        {
            throw new UserModuleException(
                $"'{shown}' is built against TorchSharp {found.Version?.ToString(3)}, and this is {own.Version?.ToString(3)}, whose types may differ; "
                    + $"build it with a PackageReference to TorchSharp {own.Version?.ToString(3)}."
            );
        }
    }
}
