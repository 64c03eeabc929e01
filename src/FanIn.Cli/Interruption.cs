using System.Runtime.InteropServices;

namespace FanIn.Cli;

/// <summary>Ctrl-C and a polite kill as a cancellation; a second one ends the process as it would without us.</summary>
internal sealed partial class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    private Interruption() =>
        _registrations = [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, OnSignal)
            ),
        ];

    public CancellationToken Token => _source.Token;

    public static Interruption Listen() => new();

    /// <summary>
    /// Ends the process at once. Trainings may still be in the middle of a step: libtorch's destructors, which an
    /// ordinary exit runs, would pull the ground from under them.
    /// </summary>
    public static void Leave(int code)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        if (!OperatingSystem.IsWindows())
        {
            ExitWithoutDestructors(code);
        }
        Environment.Exit(code);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ExitWithoutDestructors(int code);
}
