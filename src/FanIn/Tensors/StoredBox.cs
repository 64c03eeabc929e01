using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Elements of the canonical order [groups, outputs, inputs x taps]: of some groups some outputs' elements from the one
/// column to the other.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoredBox(long Group, long Groups, long Row, long Rows, long Column, long Columns)
{
    private const int Axes = 4;
    private const int GroupAxis = 0;
    private const int Output = 1;
    private const int Input = 2;
    private const int Tap = 3;

    /// <summary>All elements.</summary>
    public static StoredBox Whole(in StoredOrder order) => new(0, order.Groups, 0, order.Outputs, 0, order.RowLength);

    /// <summary>
    /// Boxes that together hold all elements which are stored from one place up to another, and not many others: a part of
    /// the stored order is some steps along an outer axis, with what is left of a step at both ends.
    /// </summary>
    /// <param name="order">The whole tensor's.</param>
    /// <param name="from">The first place.</param>
    /// <param name="to">Behind the last place.</param>
    public static IEnumerable<StoredBox> Cover(StoredOrder order, long from, long to)
    {
        (int Axis, long Size, long Step)[] all =
        [
            (GroupAxis, order.Groups, order.GroupStep),
            (Output, order.Outputs, order.OutputStep),
            (Input, order.Inputs, order.InputStep),
            (Tap, order.Taps, order.TapStep),
        ];
        (int Axis, long Size, long Step)[] axes =
        [
            .. all.Where(axis => axis.Size > 1).OrderByDescending(axis => axis.Step),
        ];
        Stack<(long From, long To)> left = new([(from, to)]);
        while (left.TryPop(out (long From, long To) part))
        {
            if (part.From == part.To)
            {
                continue;
            }
            long[] first = new long[Axes];
            long[] count = [order.Groups, order.Outputs, order.Inputs, order.Taps];
            (long low, long high) = (part.From, part.To - 1);
            (long cut, long lastCut) = (part.From, part.To);
            foreach ((int axis, _, long step) in axes)
            {
                (long begin, low) = Math.DivRem(low, step);
                (long end, high) = Math.DivRem(high, step);
                (first[axis], count[axis]) = (begin, end - begin + 1);
                if (begin != end)
                {
                    // What is behind the first step's end and before the last step's begin are whole steps.
                    cut = low == 0 ? part.From : part.From + step - low;
                    lastCut = high == step - 1 ? part.To : part.To - high - 1;
                    break;
                }
            }
            long volume = count[GroupAxis] * count[Output] * count[Input] * count[Tap];
            if ((volume + 1) / 2 <= part.To - part.From || (cut == part.From && lastCut == part.To))
            {
                yield return new(
                    first[GroupAxis],
                    count[GroupAxis],
                    first[Output],
                    count[Output],
                    first[Input] * order.Taps,
                    count[Input] * order.Taps
                );
            }
            else
            {
                left.Push((lastCut, part.To));
                left.Push((cut, lastCut));
                left.Push((part.From, cut));
            }
        }
    }
}
