using System.Data.Common;
using FanIn.Checkpoints;
using FanIn.Cli.Compare;
using FanIn.Cli.Help;
using FanIn.Cli.Init;
using FanIn.Lab;
using FanIn.Onnx;

namespace FanIn.Cli;

/// <summary>The verbs that need an engine, libtorch or ONNX Runtime. The native tool has <c>NativeVerbs.cs</c> instead.</summary>
internal static partial class Tool
{
    /// <summary>Whether modules and networks can be run.</summary>
    public static bool HasEngine => true;

    private static void AddEngineVerbs(ToolCommand root, Terminal terminal, string[] args) =>
        root.Add(CompareCommand.Create(terminal, args));

    /// <summary>The parameters of an ONNX file.</summary>
    /// <exception cref="OnnxException">The file can't be read, or isn't ONNX.</exception>
    public static ModelDescription DescribeOnnx(string path) => OnnxModel.Load(path).Describe();

    /// <exception cref="UsageException">There is no such file.</exception>
    public static void CheckAssembly(string path) => AssemblyOption.Check(path);

    /// <summary>The tensors of a TorchSharp module.</summary>
    /// <exception cref="UserModuleException">There is no such module, or it can't be made.</exception>
    public static CheckpointModel DescribeModule(string assembly, string? module, ElementType? elementType) =>
        UserModule.Load(assembly, module).DescribeCheckpoint(elementType);

    /// <summary>An ONNX file with some new values.</summary>
    /// <exception cref="OnnxException">The file can't be read, isn't ONNX, or the values can't be exchanged.</exception>
    public static int CopyOnnx(InitRequest request, Terminal terminal, CancellationToken cancellation) =>
        new OnnxCopyRun(request, terminal).Execute(cancellation);

    private static (int Code, string Message)? OfEngine(Exception e) =>
        e switch
        {
            DataFormatException or OnnxException or UserModuleException => (ExitCode.Usage, e.Message),
            DbException => (ExitCode.Retry, $"the stored results can't be read or written: {e.Message}"),
            _ => null,
        };
}
