using System.Runtime.InteropServices;

namespace FanIn.Cli;

/// <summary>Ctrl-C and a polite kill as a cancellation; a second one ends the process as it would without us.</summary>
internal sealed partial class Interruption : IDisposable
{
    /// <summary>
    /// How long a command may take to stop by itself, at its next step. Whoever waits at a terminal is answered after this
    /// also where one step takes longer, or waits for what never comes, such as a pipe that nobody writes to.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _patience = new();
    private readonly PosixSignalRegistration[] _registrations;

    private Interruption() =>
        _registrations = [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, OnSignal)
            ),
        ];

    public CancellationToken Token => _source.Token;

    public static Interruption Listen() => new();

    /// <summary>Runs a command, and leaves it to itself where it doesn't stop.</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> command)
    {
        Task<int> work = Task.Run(() => command(Token), CancellationToken.None);
        try
        {
            return await work.WaitAsync(_patience.Token);
        }
        catch (OperationCanceledException) when (_patience.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("fanin: interrupted");
            return ExitCode.Retry;
        }
    }

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
        _patience.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
        _patience.CancelAfter(s_patience);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ExitWithoutDestructors(int code);
}
