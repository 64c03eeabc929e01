using System.Diagnostics;
using FanIn.Checkpoints;
using FanIn.Cli.Help;
using FanIn.Cli.Init;

namespace FanIn.Cli;

/// <summary>The native tool has no engine, and so none of its verbs: it says where they are.</summary>
internal static partial class Tool
{
    /// <summary>Whether modules and networks can be run.</summary>
    public static bool HasEngine => false;

    internal const string Elsewhere = "FanIn.Cli, the tool that runs on .NET,";

    private static void AddEngineVerbs(ToolCommand root, Terminal terminal, string[] args)
    {
        _ = (terminal, args);
        var compare = new ToolCommand("compare", $"Needs an engine: {Elsewhere} has it, this native tool doesn't.")
        {
            Hidden = true,
            TreatUnmatchedTokensAsErrors = false,
        };
        compare.SetAction(
            int (_) =>
                throw new UsageException(
                    $"compare needs an engine, which this small native tool is without: {Elsewhere} has it"
                )
        );
        root.Add(compare);
    }

    /// <exception cref="UsageException">Always: ONNX is read by the tool that runs on .NET.</exception>
    public static ModelDescription DescribeOnnx(string path) =>
        throw new UsageException(
            $"'{path}' is an ONNX file, which this small native tool doesn't read: {Elsewhere} does"
        );

    /// <exception cref="UsageException">Always: modules run on .NET and libtorch.</exception>
    public static void CheckAssembly(string path) =>
        throw new UsageException(
            $"--assembly needs an engine, which this small native tool is without: {Elsewhere} reads '{path}'"
        );

    /// <exception cref="UsageException">Always.</exception>
    public static CheckpointModel DescribeModule(string assembly, string? module, ElementType? elementType)
    {
        _ = (module, elementType);
        CheckAssembly(assembly);
        throw new UnreachableException();
    }

    /// <exception cref="UsageException">Always: ONNX is written by the tool that runs on .NET.</exception>
    public static int CopyOnnx(InitRequest request, Terminal terminal, CancellationToken cancellation)
    {
        _ = (terminal, cancellation);
        _ = DescribeOnnx(request.Plan.Source.Path!);
        return ExitCode.Usage;
    }

    private static (int Code, string Message)? OfEngine(Exception e) => null;
}
