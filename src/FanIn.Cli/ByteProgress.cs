using System.Diagnostics;
using System.Globalization;

namespace FanIn.Cli;

/// <summary>How far a work of so many bytes is: a bar on a terminal, now and then a line in a pipe.</summary>
internal abstract class ByteProgress(TextWriter writer) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private long? _before;

    public static ByteProgress For(Terminal terminal, string done) =>
        terminal.ErrorIsWatched ? new Bar(terminal) : new Lines(terminal.Error, done);

    /// <param name="bytes">Done, what an earlier run did included.</param>
    /// <param name="total">To be done.</param>
    public void Report(long bytes, long total)
    {
        lock (_lock)
        {
            double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            // What is found done at once says nothing of the speed.
            _before ??= seconds < 0.05 ? bytes : 0;
            if (bytes > _before || bytes == total)
            {
                Show(bytes, total, bytes - _before.Value, seconds);
            }
            else
            {
                _before = bytes;
            }
        }
    }

    /// <summary>A sentence between.</summary>
    public void Say(string sentence)
    {
        lock (_lock)
        {
            Clear();
            writer.WriteLine(sentence);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Clear();
        }
    }

    protected abstract void Show(long bytes, long total, long fresh, double seconds);

    protected virtual void Clear() { }

    protected static string Text(long bytes, long total, long fresh, double seconds)
    {
        string left = fresh > 0 && bytes < total ? $", {ByteText.Seconds(seconds * (total - bytes) / fresh)} left" : "";
        return $"{ByteText.Of(bytes)} of {ByteText.Of(total)}, {ByteText.Rate(fresh, seconds)}{left}";
    }

    private sealed class Lines(TextWriter writer, string done) : ByteProgress(writer)
    {
        private const double Every = 5;
        private readonly TextWriter _writer = writer;
        private double _last;

        protected override void Show(long bytes, long total, long fresh, double seconds)
        {
            if (seconds - _last < Every)
            {
                return;
            }
            _last = seconds;
            string share = (100.0 * bytes / Math.Max(1, total)).ToString("0", CultureInfo.InvariantCulture);
            _writer.WriteLine($"[{share, 3}%] {done}: {Text(bytes, total, fresh, seconds)}");
        }
    }

    private sealed class Bar(Terminal terminal) : ByteProgress(terminal.Error)
    {
        private const int Width = 24;
        private const double Every = 0.1;
        private double _last = -1;
        private bool _isShown;

        protected override void Show(long bytes, long total, long fresh, double seconds)
        {
            if (seconds - _last < Every && bytes < total)
            {
                return;
            }
            (_last, _isShown) = (seconds, true);
            int full = (int)(Width * bytes / Math.Max(1, total));
            string bar = new string('#', full) + new string('.', Width - full);
            string line = $"{bar} {Text(bytes, total, fresh, seconds)}";
            int room = (terminal.Width ?? 80) - 1;
            terminal.Error.Write($"\r{(line.Length <= room ? line : line[..room]).PadRight(room)}");
        }

        protected override void Clear()
        {
            if (_isShown)
            {
                terminal.Error.Write($"\r{new string(' ', (terminal.Width ?? 80) - 1)}\r");
                _isShown = false;
            }
        }
    }
}
