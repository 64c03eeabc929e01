using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// In which order a recurrent layer packs the biases of its gates into one vector: i input, f forget, g (or c, j) the
/// candidate, o output of an LSTM; r reset, z update, n (or h) the candidate of a GRU, where h' = z h + (1 - z) n.
/// </summary>
public enum GateOrder
{
    /// <summary>LSTM of PyTorch, Keras, Flax, cuDNN and MXNet.</summary>
    Ifgo,

    /// <summary>LSTM of Haiku and of TensorFlow 1.</summary>
    Igfo,

    /// <summary>LSTM of ONNX.</summary>
    Iofg,

    /// <summary>LSTM of Core ML.</summary>
    Ifog,

    /// <summary>GRU of PyTorch and cuDNN.</summary>
    Rzn,

    /// <summary>GRU of Keras and ONNX.</summary>
    Zrn,

    /// <summary>A vector of the input gate alone.</summary>
    I,

    /// <summary>A vector of the gate that keeps the state alone: forget of an LSTM, update of a GRU.</summary>
    F,
}

public abstract partial class Initializer
{
    /// <summary>
    /// The biases of a recurrent layer's gates: <paramref name="value"/> for the gate that keeps the state (forget of an
    /// LSTM, update of a GRU), 0 for the others. At 1 the state is kept by sigmoid(1) = 0.73 a step instead of 0.5, so that
    /// gradients reach back further from the start.
    /// </summary>
    /// <param name="value">The bias; 1 is usual.</param>
    /// <param name="gates">How the vector is packed.</param>
    /// <remarks>
    /// Jozefowicz, Zaremba, Sutskever: An Empirical Exploration of Recurrent Network Architectures, 2015; Keras's
    /// <c>unit_forget_bias</c>, MXNet's <c>LSTMBias</c>. PyTorch adds up two biases: give this to <c>bias_ih</c> and zeros to
    /// <c>bias_hh</c>.
    /// </remarks>
    public static Initializer ForgetGate(double value = 1, GateOrder gates = GateOrder.Ifgo) =>
        GateBias.ForgetGateForm.With(value, (int)gates);

    /// <summary>
    /// The biases of a recurrent layer's gates for dependencies of up to <paramref name="maxTime"/> steps: each unit draws a
    /// time t ~ U[1, maxTime - 1], and gets b_forget = ln t, b_input = -ln t, 0 for the other gates. With such a bias the
    /// forget gate stands at t / (1 + t), and the state fades over about t steps.
    /// </summary>
    /// <param name="maxTime">The longest dependency in steps, from 2: 784 for an image read pixel by pixel.</param>
    /// <param name="gates">How the vector is packed. In a GRU the update gate keeps the state, and there is no input gate.</param>
    /// <remarks>
    /// Tallec, Ollivier: Can recurrent neural networks warp time?, 2018, equation 16. PyTorch adds up two biases: give this to
    /// <c>bias_ih</c> and zeros to <c>bias_hh</c>; with both the times would be squared. Gates with a bias of their own
    /// get <see cref="GateOrder.F"/> and <see cref="GateOrder.I"/> under one key, so that the two belong together.
    /// </remarks>
    public static Initializer Chrono(int maxTime, GateOrder gates = GateOrder.Ifgo) =>
        GateBias.ChronoForm.With(maxTime, (int)gates);
}

/// <summary>One bias a unit for the gate that keeps the state, its negative (or 0) for the one that lets in, else 0.</summary>
internal sealed class GateBias : Initializer
{
    public static readonly Form<Initializer> ForgetGateForm = new(
        "forget_gate",
        [FormParameter.Number("value", 1), FormParameter.Choice("gates", GateOrder.Ifgo)],
        (form, v) => new GateBias(form, v, null)
    );

    public static readonly Form<Initializer> ChronoForm = new(
        "chrono",
        [
            FormParameter.WholeNumber("max_time", 2, 2, 1e9).WithoutDefault(),
            FormParameter.Choice("gates", GateOrder.Ifgo),
        ],
        (form, v) => new GateBias(form, v, v[0] - 1)
    );

    private readonly double _value;
    private readonly double? _longest;
    private readonly int _gates;
    private readonly int _keeps;
    private readonly int _letsIn;

    private GateBias(Form<Initializer> form, FormArguments arguments, double? longest)
        : base(form.Name, form.Print(arguments))
    {
        (_value, _longest) = (arguments[0], longest);
        string order = Spelling.Word((GateOrder)arguments[1]);
        _gates = order.Length;
        _keeps = order.AsSpan().IndexOfAny('f', 'z');
        _letsIn = order.IndexOf('i', StringComparison.Ordinal);
    }

    private protected override bool IsElementwise => false;

    /// <summary>Of an element taken at random: each gate is as likely.</summary>
    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        UnitsOf(tensor);
        double share = 1.0 / _gates;
        var parts = new List<(double, ElementDistribution)>();
        for (int gate = 0; gate < _gates; gate++)
        {
            parts.Add(
                (
                    share,
                    gate == _keeps ? OfKeeping(1)
                    : gate == _letsIn && _longest is not null ? OfKeeping(-1)
                    : ElementDistribution.At(0)
                )
            );
        }
        return ElementDistribution.Mixture(CollectionsMarshal.AsSpan(parts));

        ElementDistribution OfKeeping(int sign) =>
            _longest is { } longest ? ElementDistribution.LogUniform(longest, sign) : ElementDistribution.At(_value);
    }

    /// <summary>Of chrono the gates that keep and let in have the same draws; up to a time of 1 there is but one value.</summary>
    public override ElementStructure Structure(TensorDescription tensor) =>
        _longest is null or 1 ? ElementStructure.Fixed : ElementStructure.OfSeveralLaws;

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        int units = (int)UnitsOf(tensor);
        if (_longest is not { } longest)
        {
            destination.Clear();
            if (_keeps >= 0)
            {
                destination.Slice(_keeps * units, units).Fill(ElementValue.Of<T>(_value, "value"));
            }
        }
        else if (typeof(T) == typeof(double))
        {
            var (times, values) = (new double[units], new double[destination.Length]);
            source.FillUniform(times.AsSpan(), 1, longest);
            Place<double>(Array.ConvertAll(times, CorrectlyRounded.Log), values);
            source.Store<double, T>(values, destination);
        }
        else
        {
            var (times, values) = (new float[units], new float[destination.Length]);
            source.FillUniform(times.AsSpan(), 1, longest);
            Place<float>(Array.ConvertAll(times, t => (float)CorrectlyRounded.Log(t)), values);
            source.Store<float, T>(values, destination);
        }
    }

    private void Place<T>(ReadOnlySpan<T> biases, Span<T> values)
        where T : System.Numerics.INumber<T>
    {
        for (int unit = 0; unit < biases.Length; unit++)
        {
            if (_keeps >= 0)
            {
                values[(_keeps * biases.Length) + unit] = biases[unit];
            }
            if (_letsIn >= 0)
            {
                // From 0, so that the negative of 0 is +0.
                values[(_letsIn * biases.Length) + unit] = T.Zero - biases[unit];
            }
        }
    }

    private long UnitsOf(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Shape.Length == 1 && tensor.Count % _gates == 0
            ? tensor.Count / _gates
            : throw new ArgumentException(
                $"{this} is for a vector of the biases of {_gates} gate(s), one after the other, as long as {_gates} times the units; a tensor of shape [{string.Join(", ", tensor.Shape)}] isn't that.",
                nameof(tensor)
            );
    }
}
