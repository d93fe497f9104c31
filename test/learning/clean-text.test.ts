import { expect, test } from 'vitest'
import { cleanText, MAX_KEPT_CHARS } from '../../src/learning/records.js'

const NAMES = ['王老板', '悦邻社区-小李', 'Tom', '审核', '测试', '大熊']
const clean = (text: string): string =>
  cleanText(text, { names: NAMES, isTopic: (word) => ['审核', '测试'].includes(word) })

test.each([
  ['@王老板\u2005UGC说明怎么填', 'UGC说明怎么填'],
  ['@谁也不认识的人\u2005UGC说明怎么填', 'UGC说明怎么填'],
  ['＠小李 类目选哪个', '类目选哪个'],
  ['小李，类目选哪个', '类目选哪个'],
  ['悦邻社区-小李问类目选哪个', '问类目选哪个'],
  ['大熊说类目不对，怎么办', '说类目不对，怎么办'],
  ['王总，包传了吗', '包传了吗'],
  ['李经理说要人脸识别，是吗', '说要人脸识别，是吗'],
  ['问了tom也不知道，tomcat 报错', '问了[某人]也不知道，tomcat 报错'],
  ['测试数据要删吗，审核说的', '测试数据要删吗，审核说的'],
  ['我手机13800138000收不到码', '我手机[号码]收不到码'],
  ['电话 138-0013-8000 打不通', '电话 [号码] 打不通'],
  ['電話１３８００１３８０００', '電話[号码]'],
  ['打010-88886666问的', '打[号码]问的'],
  ['身份证11010119900307123X怎么传', '身份证[号码]怎么传'],
  ['加我微信号：abc_12345 细说', '加我[账号] 细说'],
  ['wxid_a1b2c3d4e5 是我', '[账号] 是我'],
  ['appid是wx1234567890abcdef，提审不了', 'appid是[appid]，提审不了'],
  ['打开https://a.example.com/x?id=3报错', '打开[网址]报错'],
  ['mp.weixin.qq.com 登不上', '[网址] 登不上'],
  ['发到 zhang.san@example.com 了', '发到 [邮箱] 了'],
  ['主体是杭州悦邻网络科技有限公司，能用吗', '主体是[公司]，能用吗'],
  // What the guide itself speaks of stays.
  ['帖子标题是111222被打回', '帖子标题是111222被打回'],
  ['报错 85019 是什么', '报错 85019 是什么'],
  ['注销换成有限公司要紧吗', '注销换成有限公司要紧吗'],
  ['谢谢老师，最高总数是多少', '谢谢老师，最高总数是多少'],
])('%s → %s', (text, kept) => {
  expect(clean(text)).toBe(kept)
})

test('is the same when done twice, and bounded', () => {
  const once = clean('王总，主体是杭州悦邻网络科技有限公司，电话13800138000，见 https://a.example.com')
  expect(clean(once)).toBe(once)
  expect(clean('怎'.repeat(1_000_000)).length).toBe(MAX_KEPT_CHARS)
})
