const CALL =
  /^[\s,，]*(?:你好|您好|请|麻烦|帮我|给我|我要|我想|直接|快)*(?:转接?(?:到|个)?(?:人工|客服|真人)|(?:找|叫)(?:个|一下)?(?:人工|客服|真人)|人工客服|人工服务|人工)(?:客服|服务|吧|一下|谢谢)*(?:[\s,，。.!！:：;；~～]+|$)/

/** The question without the call for a person in front: 转人工，我的包传不上去. Empty when nothing else is said. */
export const withoutCall = (text: string): string => text.replace(CALL, '').trim()
