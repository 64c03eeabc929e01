namespace FanIn;

/// <summary>How the channels of a sub-pixel convolution become positions of its output.</summary>
public enum IcnrOrder
{
    /// <summary>
    /// PyTorch's and ONNX's (CRD): channel c s + p, s = scale^dimensions, goes to channel c at position p of its block.
    /// </summary>
    PixelShuffle,

    /// <summary>TensorFlow's and Keras's (DCR): channel p out / s + c goes there.</summary>
    DepthToSpace,
}

public abstract partial class Initializer
{
    /// <summary>
    /// For a convolution whose channels are rearranged into a larger image (sub-pixel convolution, pixel shuffle): all
    /// scale^dimensions filters that make one block of the output are equal, so that the larger image begins as the
    /// nearest-neighbour enlargement of a smaller one, without a checkerboard.
    /// </summary>
    /// <param name="scale">The enlargement in each dimension; outputs must be a multiple of scale^dimensions.</param>
    /// <param name="init">
    /// What the filters are drawn by, he_normal by default: as a tensor of out / scale^dimensions outputs under the same
    /// key, whose fan it takes.
    /// </param>
    /// <param name="order">How the channels are rearranged.</param>
    /// <remarks>Aitken et al.: Checkerboard artifact free sub-pixel convolution, 2017, section 3.3.</remarks>
    public static Initializer Icnr(int scale = 2, Initializer? init = null, IcnrOrder order = IcnrOrder.PixelShuffle) =>
        IcnrRule.Form.With(scale, new(0, init ?? HeNormal()), (int)order);

    /// <summary>W = a smaller tensor with each output repeated.</summary>
    internal sealed class IcnrRule : Initializer
    {
        public static readonly Form<Initializer> Form = new(
            "icnr",
            [
                FormParameter.Count("scale", 2),
                FormParameter.Nested("init", () => HeNormal(), RuleInitializer.ParseNested),
                FormParameter.Choice("order", IcnrOrder.PixelShuffle),
            ],
            (form, v) => new IcnrRule(form, v)
        );

        private readonly int _scale;
        private readonly Initializer _init;
        private readonly IcnrOrder _order;

        private IcnrRule(Form<Initializer> form, FormArguments arguments)
            : base(form.Name, form.Print(arguments))
        {
            (_scale, _init, _order) = ((int)arguments[0], arguments.Nested<Initializer>(1), (IcnrOrder)arguments[2]);
            if (_init.IsDataDriven)
            {
                throw new SpellingException(
                    $"{Name}(init={_init}) starts from values that no data are needed for; write for example {Name}(init=orthogonal)"
                );
            }
        }

        public override bool NeedsFan => true;

        public override double? StandardDeviation(TensorDescription tensor) =>
            Small(tensor) is { } small ? _init.StandardDeviation(small) : 0;

        public override ElementDistribution? Distribution(TensorDescription tensor) =>
            Small(tensor) is { } small ? _init.Distribution(small) : ElementDistribution.At(0);

        /// <summary>Each draw is in as many elements as there are equal filters.</summary>
        public override ElementStructure Structure(TensorDescription tensor)
        {
            if (Small(tensor) is not { } small)
            {
                return ElementStructure.Fixed;
            }
            ElementStructure drawn = _init.Structure(small);
            bool isCounted = drawn.IsUncorrelated || drawn.Copies > 1;
            return isCounted && small.Count < tensor.Count
                ? ElementStructure.Repeated(drawn.Copies * tensor.Count / small.Count)
                : drawn;
        }

        /// <summary>A custom rule is equal to itself only, whatever its name.</summary>
        public override bool Equals(Initializer? other) =>
            base.Equals(other) && other is IcnrRule icnr && _init.Equals(icnr._init);

        public override int GetHashCode() => base.GetHashCode();

        private protected override bool IsElementwise => _init.IsElementwise;

        private protected override bool IsElementwisePermuted => false;

        private protected override void FillElements<T>(
            Span<T> destination,
            TensorDescription tensor,
            RandomSource source
        )
        {
            RandomStream stream = source.PartStreamFor(this);
            TensorDescription small = Small(tensor)!;
            int repeats = (int)(tensor.Outputs / small.Outputs);
            // Along the output's axis, as stored, lie blocks of so many elements.
            long block = tensor.Layout switch
            {
                WeightLayout.Keras or WeightLayout.KerasDepthwise => 1,
                WeightLayout.KerasTransposed => tensor.Inputs,
                WeightLayout.TorchTransposed => tensor.TapCount,
                _ => tensor.Inputs / tensor.Groups * tensor.TapCount,
            };
            if (destination.Length == tensor.Count)
            {
                int drawn = destination.Length / repeats;
                _init.FillElements(destination[..drawn], small, RandomSource.Of(stream, StoredOrder.Of(small)));
                Spread(destination, (int)block, repeats, (int)small.Outputs);
            }
            else
            {
                FillSome(destination, source.Offset, small, stream, block, repeats);
            }
        }

        /// <summary>The blocks at the beginning to their places, from the last on, so that none is overwritten too early.</summary>
        private void Spread<T>(Span<T> destination, int block, int repeats, int outputs)
        {
            for (int from = (destination.Length / repeats / block) - 1; from >= 0; from--)
            {
                for (int r = repeats - 1; r >= 0; r--)
                {
                    int to =
                        _order == IcnrOrder.PixelShuffle
                            ? (from * repeats) + r
                            : (((from / outputs * repeats) + r) * outputs) + (from % outputs);
                    destination.Slice(from * block, block).CopyTo(destination[(to * block)..]);
                }
            }
        }

        /// <summary>A part in the canonical order, run by run of one output's elements.</summary>
        private void FillSome<T>(
            Span<T> destination,
            long offset,
            TensorDescription small,
            RandomStream stream,
            long block,
            int repeats
        )
            where T : unmanaged
        {
            while (!destination.IsEmpty)
            {
                (long output, long within) = Math.DivRem(offset, block);
                int length = (int)Math.Min(block - within, destination.Length);
                long from = _order == IcnrOrder.PixelShuffle ? output / repeats : output % small.Outputs;
                _init.FillElements(
                    destination[..length],
                    small,
                    RandomSource.Of(stream, offset: (from * block) + within)
                );
                destination = destination[length..];
                offset += length;
            }
        }

        /// <summary>The tensor of which each output is repeated; null where there is nothing to fill.</summary>
        private TensorDescription? Small(TensorDescription tensor)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            FanOf(tensor);
            if (tensor.Count == 0)
            {
                return null;
            }
            Kernel.Require(this, tensor, "what it rearranges are images");
            double repeats = 1;
            foreach (long _ in tensor.Taps)
            {
                repeats *= _scale;
            }
            double outputs = tensor.Outputs / tensor.Groups;
            if (outputs % repeats != 0)
            {
                throw new ArgumentException(
                    $"{this} makes {_scale}^{tensor.Taps.Length} = {repeats} positions of as many outputs, but "
                        + $"{(tensor.Groups == 1 ? "" : "a group of ")}{tensor} has {outputs}; they must be a multiple.",
                    nameof(tensor)
                );
            }
            if (_order == IcnrOrder.DepthToSpace && tensor.Groups != 1)
            {
                throw new ArgumentException(
                    $"{this} repeats an output across the groups of {tensor}, which have different inputs; only the order "
                        + "pixel_shuffle keeps to a group.",
                    nameof(tensor)
                );
            }
            return tensor.WithOutputs(tensor.Outputs / (long)repeats);
        }
    }
}
