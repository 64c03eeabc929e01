using System.Text;
using FanIn.Report;

namespace FanIn.Cli.Check;

/// <summary>What a check needs an engine or the report's pictures for. The native tool has <c>NativeCheck.cs</c> instead.</summary>
internal static class CheckEngine
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Refuses what this tool can't do.</summary>
    public static void Require(CheckRequest request) => _ = request;

    /// <summary>Each source in a class of its own: what it needs is loaded where it is used only.</summary>
    public static CheckOutcome Run(CheckRequest request) =>
        request.Kind switch
        {
            CheckSource.Onnx => OnnxSource.Check(request),
            CheckSource.Network => NetworkSource.Check(request),
            _ => ModuleSource.Check(request),
        };

    public static void WritePage(Stream stream, CheckOutcome outcome, string command)
    {
        using var writer = new StreamWriter(stream, s_utf8, leaveOpen: true);
        new CheckReport
        {
            Title = outcome.Subject,
            Signal = outcome.Report,
            Settings = [.. outcome.Settings.Select(s => new Setting(s.Name, s.Value))],
            Command = command,
            Footer = $"Written by FanIn {Tool.Version}.",
        }.Write(writer);
    }
}
