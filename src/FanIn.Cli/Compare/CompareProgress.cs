using System.Globalization;
using FanIn.Lab;
using Spectre.Console;

namespace FanIn.Cli.Compare;

/// <summary>Shows how far the trainings are: a bar on a terminal, a line a training in a pipe.</summary>
internal abstract class CompareProgress
{
    private readonly Lock _lock = new();
    private int _done;

    private CompareProgress(int trials) => Trials = trials;

    public int Trials { get; }

    public int Done => Volatile.Read(ref _done);

    public static CompareProgress For(Terminal terminal, int trials, int steps) =>
        terminal.ErrorIsWatched ? new Bar(terminal, trials, steps) : new Lines(terminal.Error, trials);

    /// <summary>Runs <paramref name="work"/> and shows what it reports.</summary>
    public abstract void Show(Action<Action<TrialProgress>> work);

    protected abstract void OnStep(TrialProgress progress);

    protected abstract void OnDone(TrialProgress progress, TrialResult result);

    private void Report(TrialProgress progress)
    {
        lock (_lock)
        {
            if (progress.Done is { } result)
            {
                _done++;
                OnDone(progress, result);
            }
            else
            {
                OnStep(progress);
            }
        }
    }

    private static string Loss(double loss) =>
        double.IsFinite(loss) ? loss.ToString("0.000", CultureInfo.InvariantCulture) : "diverged";

    private sealed class Lines(TextWriter writer, int trials) : CompareProgress(trials)
    {
        public override void Show(Action<Action<TrialProgress>> work) => work(Report);

        protected override void OnStep(TrialProgress progress) { }

        protected override void OnDone(TrialProgress progress, TrialResult result)
        {
            string width = Trials.ToString(CultureInfo.InvariantCulture);
            string kept = progress.FromStore
                ? ", kept from before"
                : string.Create(CultureInfo.InvariantCulture, $", {result.Seconds:0.0} s");
            writer.WriteLine(
                $"[{Done.ToString(CultureInfo.InvariantCulture).PadLeft(width.Length)}/{width}] {result.Init}, seed {result.Seed}: "
                    + $"{result.Outcome.ToString().ToLowerInvariant()}, final loss {Loss(result.FinalLoss)}{kept}"
            );
        }
    }

    private sealed class Bar(Terminal terminal, int trials, int steps) : CompareProgress(trials)
    {
        private readonly Dictionary<int, TrialProgress> _running = [];
        private ProgressTask? _task;

        public override void Show(Action<Action<TrialProgress>> work)
        {
            IAnsiConsole console = AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) }
            );
            console
                .Progress()
                .AutoClear(true)
                .Columns(
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left }
                )
                .Start(context =>
                {
                    _task = context.AddTask($"0 of {Trials} trainings", maxValue: (double)Trials * steps);
                    work(Report);
                });
        }

        protected override void OnStep(TrialProgress progress)
        {
            _running[progress.Index] = progress;
            Update();
        }

        protected override void OnDone(TrialProgress progress, TrialResult result)
        {
            _running.Remove(progress.Index);
            Update(progress.Steps);
        }

        private double _finished;

        private void Update(int finished = 0)
        {
            _finished += finished;
            _task!.Value = _finished + _running.Values.Sum(p => p.Step);
            string now = string.Join(
                ", ",
                _running.Values.OrderBy(p => p.Index).Select(p => $"{p.Init} {Loss(p.Loss)}")
            );
            _task.Description = Markup.Escape(
                $"{Done} of {Trials} trainings" + (now.Length == 0 ? "" : $"; loss now: {now}")
            );
        }
    }
}
