namespace FanIn.Onnx.Tests;

public sealed class OrtReasonTests
{
    /// <summary>Messages that ONNX Runtime 1.31 gave.</summary>
    [Theory]
    [InlineData(
        "[ErrorCode:RuntimeException] Non-zero status code returned while running Add node. Name:'p2o.Add.248' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:563 void onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 3 by 4\n",
        "at the Add node 'p2o.Add.248': Attempting to broadcast an axis by a dimension other than 1. 3 by 4"
    )]
    [InlineData(
        "[ErrorCode:Fail] Non-zero status code returned while running If node. Name:'If_0' Status Message: Non-zero status code returned while running LSTM node. Name:'rnn/LSTM' Status Message: Input X must have 3 dimensions only. Actual:{1,1,1,128,2}",
        "at the LSTM node 'rnn/LSTM': Input X must have 3 dimensions only. Actual:{1,1,1,128,2}"
    )]
    [InlineData(
        "[ErrorCode:InvalidGraph] This is an invalid model. In Node, (\"Frobnicate_y\", Frobnicate, \"\", -1) : (\"h\": tensor(float),) -> (\"y\",) , Error No Op registered for Frobnicate with domain_version of 15\n==> Context: y",
        "This is an invalid model. In Node, (\"Frobnicate_y\", Frobnicate, \"\", -1) : (\"h\": tensor(float),) -> (\"y\",) , Error No Op registered for Frobnicate with domain_version of 15"
    )]
    [InlineData("[ErrorCode:Fail]   ", "it says no reason")]
    public void TheReasonIsWhatAPersonCanUse(string message, string reason) =>
        Assert.Equal(reason, OrtReason.Of(message));

    [Fact]
    public void LongReasonsEndAtAWord()
    {
        string reason = OrtReason.Of(string.Join(' ', Enumerable.Repeat("word\u0007", 100)));
        Assert.InRange(reason.Length, 150, 210);
        Assert.EndsWith("word? ...", reason, StringComparison.Ordinal);
    }
}
