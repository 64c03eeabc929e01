using System.Globalization;
using FanIn.Lab;
using Spectre.Console;

namespace FanIn.Cli.Compare;

/// <summary>Shows how far the trainings are: a bar on a terminal, a line a training in a pipe.</summary>
internal abstract class CompareProgress
{
    private readonly Lock _lock = new();
    private int _done;
    private int _kept;

    private CompareProgress(int trials) => Trials = trials;

    public int Trials { get; }

    /// <summary>Trainings that are done, those from before included.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Trainings whose results were stored by an earlier run.</summary>
    public int Kept => Volatile.Read(ref _kept);

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
                _kept += progress.FromStore ? 1 : 0;
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
            string all = Trials.ToString(CultureInfo.InvariantCulture);
            string loss = result.Diverged ? "" : $", final loss {Loss(result.FinalLoss)}";
            string kept = progress.FromStore
                ? ", kept from before"
                : string.Create(CultureInfo.InvariantCulture, $", {result.Seconds:0.0} s");
            writer.WriteLine(
                $"[{Done.ToString(CultureInfo.InvariantCulture).PadLeft(all.Length)}/{all}] {result.Init}, seed {result.Seed}: "
                    + $"{result.Outcome.ToString().ToLowerInvariant()}{loss}{kept}"
            );
        }
    }

    private sealed class Bar(Terminal terminal, int trials, int steps) : CompareProgress(trials)
    {
        private const int BarWidth = 12;

        /// <summary>The time left, and what the columns keep between them.</summary>
        private const int BesideText = BarWidth + 8 + 4;

        private readonly Dictionary<int, TrialProgress> _running = [];
        private readonly int _textWidth = Math.Max(10, (terminal.Width ?? 80) - BesideText);
        private double _finished;
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
                    new ProgressBarColumn { Width = BarWidth },
                    new RemainingTimeColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left }
                )
                .Start(context =>
                {
                    _task = context.AddTask(Text(), maxValue: (double)Trials * steps);
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
            if (progress.FromStore)
            {
                // Not counted as work: the time left would be guessed far too short.
                _task!.MaxValue = Math.Max(1, _task.MaxValue - progress.Steps);
            }
            else
            {
                _finished += progress.Steps;
            }
            Update();
        }

        private void Update()
        {
            _task!.Value = _finished + _running.Values.Sum(p => p.Step);
            _task.Description = Markup.Escape(Text());
        }

        /// <summary>One line, whatever the terminal's width: a broken one would flicker.</summary>
        private string Text()
        {
            string now = string.Join(
                ", ",
                _running.Values.OrderBy(p => p.Index).Select(p => $"{p.Init} {Loss(p.Loss)}")
            );
            string text = $"{Done} of {Trials} trained" + (now.Length == 0 ? "" : $"; loss: {now}");
            return text.Length <= _textWidth ? text : string.Concat(text.AsSpan(0, _textWidth - 3), "...");
        }
    }
}
